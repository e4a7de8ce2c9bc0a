/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;

/**
 * Programs of the system that a test needs but not every system has.
 */
public final class Programs {

	private Programs() {
	}

	/**
	 * Run a program and return whether it is there and succeeded.
	 */
	public static boolean run(String... command) throws InterruptedException {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			// There is no such command.
			return false;
		}
	}

}
