/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The line to type into a shell that restores a snapshot, for messages of an application
 * that cannot do so itself. It depends on no configuration and on no working directory,
 * so that it does the same wherever it is typed.
 */
public final class RestoreCommandLine {

	/**
	 * More than this nobody copies: the class path of a development environment.
	 */
	private static final int LONGEST_CLASS_PATH = 300;

	/**
	 * What starts an executable jar, which may have been unpacked since.
	 */
	private static final String LAUNCHERS = "org.springframework.boot.loader.";

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

	/**
	 * What has a meaning of its own in a URL, or would have one once something is
	 * escaped.
	 */
	private static final Pattern SPECIAL_IN_URL = Pattern.compile("[?#%]");

	/**
	 * The backslashes that Windows takes for escapes: those before a quote, as which the
	 * end of the word counts.
	 */
	private static final Pattern BACKSLASHES_BEFORE_QUOTE = Pattern.compile("(\\\\+)(?=\"|$)");

	private RestoreCommandLine() {
	}

	/**
	 * Return the line.
	 * @param snapshot the file of the snapshot
	 * @param database the file of the database
	 * @param urlParameters what its URL must say for it to be opened and locked like the
	 * application does it, or nothing
	 * @return the line: with the jar, extracted or not, or the launcher that this
	 * application was started from; or else with its class path; or else with the shell
	 * of SQLite, which restores by way of the same locks
	 */
	public static String of(Path snapshot, Path database, String urlParameters) {
		boolean server = !isFromClassPathOrLauncher(RestoreCommandLine.class.getClassLoader());
		return of(snapshot, database, urlParameters, server ? "" : System.getProperty("java.class.path", ""),
				System.getProperty("sun.java.command", ""), File.separatorChar == '\\');
	}

	static String of(Path snapshot, Path database, String urlParameters, String classPath, String started,
			boolean windows) {
		Path from = snapshot.toAbsolutePath();
		Path to = database.toAbsolutePath();
		List<String> restore = List.of("restore", from.toString(), "--url", "jdbc:sqlite:" + name(to, urlParameters),
				"--dir", String.valueOf(from.getParent()));
		if (!classPath.isBlank() && (started + " ").startsWith(classPath + " ")) {
			return line(List.of("java", "-Djarmode=dbbackup", "-jar", absolute(classPath)), restore, windows);
		}
		String absoluteClassPath = absoluteClassPath(classPath);
		if (!classPath.isBlank() && absoluteClassPath.length() <= LONGEST_CLASS_PATH) {
			List<String> program = started.startsWith(LAUNCHERS)
					? List.of("java", "-Djarmode=dbbackup", "-cp", absoluteClassPath, started.split(" ", 2)[0])
					: List.of("java", "-cp", absoluteClassPath, BackupCommand.class.getName());
			return line(program, restore, windows);
		}
		return line(List.of("sqlite3", urlParameters.isEmpty() ? to.toString() : name(to, urlParameters)),
				List.of(".restore " + quoteForSqlite(from.toString(), windows)), windows);
	}

	/**
	 * Return whether this application was started by itself, and not by a server that it
	 * was deployed to.
	 */
	private static boolean isFromClassPathOrLauncher(@Nullable ClassLoader classLoader) {
		return classLoader == ClassLoader.getSystemClassLoader()
				|| (classLoader != null && classLoader.getClass().getName().startsWith(LAUNCHERS));
	}

	private static String name(Path database, String urlParameters) {
		if (!urlParameters.isEmpty()) {
			return "file:" + database.toUri().getRawPath() + "?" + urlParameters;
		}
		return SPECIAL_IN_URL.matcher(database.toString()).find() ? "file:" + database.toUri().getRawPath()
				: database.toString();
	}

	private static String absoluteClassPath(String classPath) {
		// With the empty entries at the end, which mean the working directory.
		return Arrays.stream(classPath.split(Pattern.quote(File.pathSeparator), -1))
			.map(RestoreCommandLine::absoluteEntry)
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * A wildcard is no path, at least on Windows.
	 */
	private static String absoluteEntry(String entry) {
		boolean wildcard = entry.equals("*") || entry.endsWith("/*") || entry.endsWith(File.separator + "*");
		return wildcard ? absolute(entry.substring(0, entry.length() - 1)) + File.separator + "*" : absolute(entry);
	}

	private static String absolute(String path) {
		return Path.of(path).toAbsolutePath().normalize().toString();
	}

	private static String line(List<String> program, List<String> arguments, boolean windows) {
		return Stream.of(program, arguments)
			.flatMap(List::stream)
			.map((word) -> PLAIN.matcher(word).matches() ? word : windows ? quoteForWindows(word) : quote(word))
			.collect(Collectors.joining(" "));
	}

	private static String quote(String word) {
		return "'" + word.replace("'", "'\\''") + "'";
	}

	private static String quoteForWindows(String word) {
		return "\"" + BACKSLASHES_BEFORE_QUOTE.matcher(word).replaceAll("$1$1").replace("\"", "\\\"") + "\"";
	}

	/**
	 * Quote a word in a command of the shell of SQLite, which knows escapes in double
	 * quotes only. Single quotes are for Windows, where double ones inside of double ones
	 * would leave characters such as {@code &} to {@code cmd.exe}.
	 */
	private static String quoteForSqlite(String word, boolean windows) {
		if (windows && !word.contains("'")) {
			return "'" + word + "'";
		}
		return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
	}

}
