/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import org.jspecify.annotations.Nullable;

/**
 * The mode of this process, which is here to run the command or the application.
 */
final class CommandMode {

	private static final String PROPERTY = "jarmode";

	private static final String NAME = "dbbackup";

	/**
	 * What is typed before the jar or the class.
	 */
	static final String OPTION = "-D" + PROPERTY + "=" + NAME;

	/**
	 * The name of the class whose {@code main} runs the command.
	 */
	static final String MAIN = CommandMode.class.getPackageName() + ".BackupCommand";

	private CommandMode() {
	}

	static boolean isOn() {
		return is(System.getProperty(PROPERTY));
	}

	static boolean is(@Nullable String mode) {
		return NAME.equalsIgnoreCase(mode);
	}

	static void turnOn() {
		System.setProperty(PROPERTY, NAME);
	}

}
