/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The line to type into a shell that restores a snapshot, for messages of an application
 * that cannot do so itself. It depends on no configuration, so that it does the same
 * wherever it is typed.
 */
public final class RestoreCommandLine {

	/**
	 * More than this nobody copies: the class path of a development environment.
	 */
	private static final int LONGEST_CLASS_PATH = 300;

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

	private RestoreCommandLine() {
	}

	/**
	 * Return the line.
	 * @param snapshot the file of the snapshot
	 * @param database the file of the database
	 * @return the line: with the executable jar that this application was started from;
	 * or else with its class path; or else with the shell of SQLite, which restores by
	 * way of the same locks
	 */
	public static String of(Path snapshot, Path database) {
		return of(snapshot, database, System.getProperty("java.class.path", ""), isExecutableJar());
	}

	static String of(Path snapshot, Path database, String classPath, boolean executableJar) {
		List<String> restore = List.of("restore", snapshot.toString(), "--url", "jdbc:sqlite:" + database, "--dir",
				String.valueOf(snapshot.getParent()));
		if (executableJar) {
			return line(List.of("java", "-Djarmode=dbbackup", "-jar", absolute(classPath)), restore);
		}
		if (!classPath.isBlank() && classPath.length() <= LONGEST_CLASS_PATH) {
			return line(List.of("java", "-cp", classPath, BackupCommand.class.getName()), restore);
		}
		return line(List.of("sqlite3", database.toString()),
				List.of(".restore '" + snapshot.toString().replace("'", "''") + "'"));
	}

	/**
	 * Return whether the loader of an executable jar, which knows {@code jarmode},
	 * started this application.
	 */
	private static boolean isExecutableJar() {
		ClassLoader classLoader = RestoreCommandLine.class.getClassLoader();
		return classLoader != null && classLoader.getClass().getName().startsWith("org.springframework.boot.loader.");
	}

	private static String absolute(String jar) {
		return Path.of(jar).toAbsolutePath().normalize().toString();
	}

	private static String line(List<String> program, List<String> arguments) {
		return Stream.of(program, arguments)
			.flatMap(List::stream)
			.map(RestoreCommandLine::quote)
			.collect(Collectors.joining(" "));
	}

	private static String quote(String word) {
		return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
	}

}
