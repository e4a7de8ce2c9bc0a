/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import picocli.CommandLine.ExitCode;

/**
 * The backup command of an application. Reached by way of {@code -Djarmode=dbbackup}, or
 * as a {@code main} of its own.
 * <p>
 * Exit codes: 0 done, or nothing to do; 1 failed, with a sentence on standard error; 2
 * wrong usage.
 */
public final class BackupCommand {

	private BackupCommand() {
	}

	/**
	 * Run the command and end the process.
	 * @param args the arguments
	 */
	public static void main(String[] args) {
		CommandMode.turnOn();
		CommandLog.install();
		TypedLine line = TypedLine.of(args);
		ApplicationMain application = new ApplicationMain(line, new StartClass(CommandMode.MAIN));
		Thread thread = new Thread(() -> {
			int code = ExitCode.SOFTWARE;
			try {
				code = CommandExecution.run(line, application::properties);
			}
			finally {
				application.exit(code);
			}
		}, "dbbackup");
		thread.start();
		if (!line.asksForHelp()) {
			// On this thread, as always.
			application.run();
		}
	}

}
