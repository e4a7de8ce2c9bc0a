/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Programs of the system that a test needs but not every system has.
 */
public final class Programs {

	/**
	 * The system property that turns the lack of a program into a failure.
	 */
	public static final String NOTHING_LEFT_OUT = "tests.nothing-left-out";

	private Programs() {
	}

	/**
	 * Leave the test out if a program is not there, or does not succeed here because the
	 * system does not let it. Nothing may be left out for the lack of a program if the
	 * system property {@value #NOTHING_LEFT_OUT} is set.
	 */
	public static void need(String... command) throws InterruptedException {
		try {
			assumeTrue(succeeds(command), () -> "This needs: " + String.join(" ", command));
		}
		catch (IOException ex) {
			String missing = "This needs the program " + command[0] + ", which is not installed";
			if (Boolean.getBoolean(NOTHING_LEFT_OUT)) {
				fail(missing);
			}
			abort(missing);
		}
	}

	/**
	 * Run a program and return whether it is there and succeeded.
	 */
	public static boolean run(String... command) throws InterruptedException {
		try {
			return succeeds(command);
		}
		catch (IOException ex) {
			// There is no such command.
			return false;
		}
	}

	private static boolean succeeds(String... command) throws IOException, InterruptedException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor() == 0;
	}

}
