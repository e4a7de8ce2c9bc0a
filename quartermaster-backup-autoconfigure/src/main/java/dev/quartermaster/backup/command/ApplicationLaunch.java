/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import dev.quartermaster.backup.BackupException;
import org.jspecify.annotations.Nullable;

/**
 * The launch of this very application, as it would have been started had the command not
 * been typed: by the same Java with the same options, from the same jar or class path.
 */
final class ApplicationLaunch {

	private static final String LAUNCHERS = "org.springframework.boot.loader.";

	private static final String LOADER_MAIN = "loader.main";

	private static final String LOADER_MAIN_VARIABLE = "LOADER_MAIN";

	/**
	 * What two processes cannot have at the same time, or is of the command alone.
	 */
	private static final List<String> OWN_OPTIONS = List.of("-Djarmode=", "-Dloader.main=", "-agentlib:jdwp",
			"-Xrunjdwp", "-Xdebug", "-Dcom.sun.management.jmxremote", "-XX:+AutoCreateSharedArchive",
			"-XX:ArchiveClassesAtExit", "-Dspring.context.exit=", "-Djava.io.tmpdir=", "-Dorg.sqlite.tmpdir=");

	private final String classPath;

	private final String command;

	private final @Nullable String startClass;

	/**
	 * Create a new instance.
	 * @param classPath the class path of this process
	 * @param command what was typed after the options of this process
	 * @param startClass the class whose {@code main} starts the application if that of
	 * the command was run, or {@code null} if nobody knows
	 */
	ApplicationLaunch(String classPath, String command, @Nullable String startClass) {
		this.classPath = classPath;
		this.command = command;
		this.startClass = startClass;
	}

	static ApplicationLaunch ofThisProcess() {
		return new ApplicationLaunch(System.getProperty("java.class.path", ""),
				System.getProperty("sun.java.command", ""), new StartClass(CommandMode.MAIN).find());
	}

	/**
	 * Return the words that start it. The options of the virtual machine are read from a
	 * file: some come from the environment, and not all who see the processes of a
	 * machine are to see those.
	 * @param file writes a file with arguments of {@code java}
	 * @param options further options of the virtual machine
	 * @param arguments its arguments
	 * @throws BackupException if it is not known what starts it
	 */
	List<String> words(Function<String, Path> file, List<String> options, List<String> arguments) {
		List<String> words = new ArrayList<>();
		words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		List<String> own = new ArrayList<>(shared(ManagementFactory.getRuntimeMXBean().getInputArguments()));
		// Also where a variable of the environment says otherwise.
		own.add("-Djarmode=");
		own.addAll(options);
		words.add("@" + file.apply(String.join("\n", own.stream().map(ApplicationLaunch::quote).toList())));
		words.addAll(program());
		words.addAll(arguments);
		return words;
	}

	/**
	 * Return those of the options of this process that another may have as well. An
	 * archive of classes can be read by both, unless one of them is to write it.
	 */
	static List<String> shared(List<String> options) {
		boolean written = options.contains("-XX:+AutoCreateSharedArchive");
		return options.stream()
			.filter((option) -> OWN_OPTIONS.stream().noneMatch(option::startsWith))
			.filter((option) -> !(written && option.startsWith("-XX:SharedArchiveFile=")))
			.toList();
	}

	private static String quote(String option) {
		return '"' + option.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r") + '"';
	}

	List<String> program() {
		if (!this.classPath.isBlank() && (this.command + " ").startsWith(this.classPath + " ")) {
			return List.of("-jar", this.classPath);
		}
		String main = this.command.split(" ", 2)[0];
		if (this.classPath.isBlank() || main.isEmpty() || main.contains("/")) {
			throw unknown();
		}
		if (main.equals(CommandMode.MAIN)) {
			return List.of("-cp", this.classPath, requireStartClass());
		}
		if (main.startsWith(LAUNCHERS)
				&& System.getProperty(LOADER_MAIN, System.getenv(LOADER_MAIN_VARIABLE)) != null) {
			return List.of("-D" + LOADER_MAIN + "=" + requireStartClass(), "-cp", this.classPath, main);
		}
		return List.of("-cp", this.classPath, main);
	}

	private String requireStartClass() {
		if (this.startClass == null) {
			throw unknown();
		}
		return this.startClass;
	}

	private static BackupException unknown() {
		return new BackupException("It is unknown how the application is started",
				"Run the command by the application's own jar or main class, as in"
						+ " java -Djarmode=dbbackup -cp CLASSPATH MAINCLASS rehearse.",
				null);
	}

}
