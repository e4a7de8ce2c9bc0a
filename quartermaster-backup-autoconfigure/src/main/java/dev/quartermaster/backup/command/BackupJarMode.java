/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.lang.reflect.InvocationTargetException;
import java.util.List;

import picocli.CommandLine.ExitCode;

import org.springframework.boot.loader.jarmode.JarMode;

/**
 * The {@link JarMode} that makes the executable jar of any application its own backup
 * command: {@code java -Djarmode=dbbackup -jar app.jar}. Registered in
 * {@code spring.factories}.
 */
final class BackupJarMode implements JarMode {

	@Override
	public boolean accepts(String mode) {
		return CommandMode.is(mode);
	}

	@Override
	public void run(String mode, String[] args) {
		try {
			ClassLoader classLoader = NestedJarClassLoader.insteadOf(BackupJarMode.class.getClassLoader());
			Thread.currentThread().setContextClassLoader(classLoader);
			Class.forName(BackupCommand.class.getName(), true, classLoader)
				.getMethod("main", String[].class)
				.invoke(null, (Object) args);
		}
		catch (ReflectiveOperationException | RuntimeException | Error ex) {
			// As where the application has left out a library that the command needs.
			Throwable failure = (ex instanceof InvocationTargetException invoked) ? invoked.getTargetException() : ex;
			System.err.println(UnexpectedFailure.describe(failure, List.of(args)));
			System.exit(ExitCode.SOFTWARE);
		}
	}

}
