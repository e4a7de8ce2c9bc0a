/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The line to type into a shell that restores a snapshot, for messages of those who
 * cannot do so themselves. It depends on no configuration and on no working directory, so
 * that it does the same wherever it is typed.
 */
public final class RestoreCommandLine {

	private static final String JAR_MODE = "dbbackup";

	/**
	 * The system property by which a script that runs the command from a passing copy of
	 * a jar, to be faster, says which jar that is.
	 */
	private static final String JAR = "dbbackup.jar";

	/**
	 * What starts an executable jar, which may have been unpacked since.
	 */
	private static final String LAUNCHERS = "org.springframework.boot.loader.";

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

	/**
	 * The backslashes that Windows takes for escapes: those before a quote, as which the
	 * end of the word counts.
	 */
	private static final Pattern BACKSLASHES_BEFORE_QUOTE = Pattern.compile("(\\\\+)(?=\"|$)");

	private RestoreCommandLine() {
	}

	/**
	 * Return the line as the end of a message that says what it does: on a line of its
	 * own, to be copied as it is.
	 * @param snapshot the file of the snapshot
	 * @param database the file of the database
	 * @param urlParameters as in {@link #of(Path, Path, String)}
	 * @return the end of the message
	 */
	public static String below(Path snapshot, Path database, String urlParameters) {
		return System.lineSeparator() + "    " + of(snapshot, database, urlParameters);
	}

	/**
	 * Return the line.
	 * @param snapshot the file of the snapshot
	 * @param database the file of the database
	 * @param urlParameters what its URL must say for it to be opened and locked like the
	 * application does it, or nothing
	 * @return the line: with the jar, extracted or not, or the launcher that this process
	 * was started from; or else with the libraries that the command needs. Only where
	 * none of these can be found, as in an archive that a server runs, with the shell of
	 * SQLite, which restores by way of the same locks but keeps nothing. Without a
	 * terminal it says that there is nobody to ask
	 */
	public static String of(Path snapshot, Path database, String urlParameters) {
		return of(snapshot, database, urlParameters, started(), Terminal.isThere(), File.separatorChar == '\\');
	}

	private static Started started() {
		String jar = System.getProperty(JAR);
		if (jar != null) {
			return new Started(jar, jar, List.of());
		}
		// Flyway's command line, for one, starts by itself and has no command.
		boolean without = !isStartedByItself() || !CommandClassPath.isThere(classLoader());
		return new Started(without ? "" : System.getProperty("java.class.path", ""),
				System.getProperty("sun.java.command", ""), CommandClassPath.find(classLoader()));
	}

	static String of(Path snapshot, Path database, String urlParameters, Started started, boolean terminal,
			boolean windows) {
		Path from = snapshot.toAbsolutePath();
		Path to = database.toAbsolutePath();
		List<String> program = started.program();
		if (program.isEmpty()) {
			return line(List.of("sqlite3", urlParameters.isEmpty() ? to.toString() : SqliteUrl.uri(to, urlParameters)),
					List.of(".restore " + quoteForSqlite(from.toString(), windows)), windows);
		}
		List<String> restore = new ArrayList<>(List.of("restore", from.toString(), "--url",
				SqliteUrl.of(to, urlParameters), "--dir", String.valueOf(from.getParent())));
		if (!terminal) {
			restore.add("--yes");
		}
		List<String> java = new ArrayList<>(program);
		java.addAll(1, SqliteLibrary.options());
		return line(java, restore, windows);
	}

	/**
	 * Return whether this process is that of an application, or of its command, and not
	 * that of a server to which the application was deployed.
	 */
	private static boolean isStartedByItself() {
		ClassLoader classLoader = classLoader();
		return classLoader == ClassLoader.getSystemClassLoader()
				|| (classLoader != null && classLoader.getClass().getName().startsWith(LAUNCHERS))
				|| JAR_MODE.equalsIgnoreCase(System.getProperty("jarmode"));
	}

	private static @Nullable ClassLoader classLoader() {
		return RestoreCommandLine.class.getClassLoader();
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

	/**
	 * How this process was started, as far as the command can be started like it.
	 *
	 * @param classPath the class path, or nothing if it is that of a server
	 * @param command what was typed after the options
	 * @param libraries what the command needs, each a file or a directory; none if that
	 * is not known, or lies in another file
	 */
	record Started(String classPath, String command, List<Path> libraries) {

		/**
		 * Return the words that start the command.
		 * @return the words before its arguments, or none if that cannot be done
		 */
		List<String> program() {
			if (!this.classPath.isBlank() && (this.command + " ").startsWith(this.classPath + " ")) {
				return List.of("java", "-Djarmode=" + JAR_MODE, "-jar", absolute(this.classPath));
			}
			if (!this.classPath.isBlank() && this.command.startsWith(LAUNCHERS)) {
				return List.of("java", "-Djarmode=" + JAR_MODE, "-cp", absoluteClassPath(),
						this.command.split(" ", 2)[0]);
			}
			if (!this.libraries.isEmpty()) {
				// Not the class path of the application, which may be as long as a page,
				// or a file that a development environment removes.
				return List.of("java", "-cp",
						this.libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
						CommandClassPath.COMMAND);
			}
			return this.classPath.isBlank() ? List.of()
					: List.of("java", "-cp", absoluteClassPath(), CommandClassPath.COMMAND);
		}

		private String absoluteClassPath() {
			// With the empty entries at the end, which mean the working directory.
			return Arrays.stream(this.classPath.split(Pattern.quote(File.pathSeparator), -1))
				.map(Started::absoluteEntry)
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

	}

}
