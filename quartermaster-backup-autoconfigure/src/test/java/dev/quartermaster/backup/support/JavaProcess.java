/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs a class of the tests in a process of its own, to be killed like any other.
 */
public final class JavaProcess {

	private JavaProcess() {
	}

	/**
	 * Start the {@code main} of a class. Its errors go to those of this process.
	 */
	public static Process start(Class<?> main, String... arguments) throws IOException {
		return start(List.of(), main, arguments);
	}

	/**
	 * Start the {@code main} of a class with options of the virtual machine.
	 */
	public static Process start(List<String> options, Class<?> main, String... arguments) throws IOException {
		return start(List.of(), Map.of(), options, main, arguments);
	}

	/**
	 * Start the {@code main} of a class in a process that cannot make any file larger
	 * than some number of 1024 bytes: to it the disk is full then.
	 */
	public static Process startWithFileLimit(int kibibytes, Class<?> main, String... arguments) throws IOException {
		return start(List.of("bash", "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "bash"), Map.of(),
				// Not a file, which would be cut off by a limit.
				List.of("-XX:-UsePerfData"), main, arguments);
	}

	/**
	 * Start the {@code main} of a class in a process to which the modes of files apply,
	 * also if it is that of a user who may do anything.
	 */
	public static Process startWithoutPrivileges(Class<?> main, String... arguments) throws IOException {
		List<String> before = System.getProperty("user.name").equals("root")
				? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search") : List.of();
		return start(before, Map.of(), List.of(), main, arguments);
	}

	/**
	 * Start the {@code main} of a class in a working directory, with additional variables
	 * in its environment.
	 */
	public static Process startIn(Path directory, Map<String, String> environment, Class<?> main, String... arguments)
			throws IOException {
		return start(List.of("env", "-C", directory.toString()), environment, List.of(), main, arguments);
	}

	/**
	 * Start the {@code main} of a class and write down the system calls that it makes, in
	 * a file for each thread.
	 * @param trace how the names of these files begin
	 * @param calls the names of the system calls, separated by commas
	 */
	public static Process startTraced(Path trace, String calls, Class<?> main, String... arguments) throws IOException {
		return start(List.of("strace", "-ff", "-qq", "-y", "-e", "trace=" + calls, "-o", trace.toString()), Map.of(),
				List.of(), main, arguments);
	}

	/**
	 * Start the {@code main} of a class and write down the system calls that it makes, in
	 * their order.
	 * @param trace the file to write them to
	 * @param calls the names of the system calls, separated by commas
	 */
	public static Process startTracedInOne(Path trace, String calls, Class<?> main, String... arguments)
			throws IOException {
		return start(List.of("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=" + calls, "-o", trace.toString()),
				Map.of(), List.of(), main, arguments);
	}

	/**
	 * Start the {@code main} of a class with options of the virtual machine, in a process
	 * in which system calls fail or take long, and write down those calls.
	 * @param trace the file to write them to
	 * @param faults the names of system calls, and what happens to them and when, as
	 * strace takes them
	 */
	public static Process startFaulty(Path trace, List<String> faults, List<String> options, Class<?> main,
			String... arguments) throws IOException {
		return startFaulty(trace, List.of(), faults, options, main, arguments);
	}

	/**
	 * Start the {@code main} of a class, which is killed when a thread of it is about to
	 * make one of some system calls for the given time. Each call and each thread is
	 * counted on its own.
	 */
	public static Process startKilledAt(Path trace, String calls, int time, Class<?> main, String... arguments)
			throws IOException {
		return start(List.of("strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=" + calls, "-e",
				"inject=" + calls + ":signal=SIGKILL:when=" + time), Map.of(), List.of(), main, arguments);
	}

	/**
	 * Like {@link #startFaulty(Path, List, List, Class, String...)}, but only for system
	 * calls that have to do with some files, if any are given.
	 */
	public static Process startFaulty(Path trace, List<Path> files, List<String> faults, List<String> options,
			Class<?> main, String... arguments) throws IOException {
		String calls = faults.stream()
			.map((fault) -> fault.substring(0, fault.indexOf(':')))
			.collect(Collectors.joining(","));
		List<String> strace = new ArrayList<>(
				List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", trace.toString(), "-e", "trace=" + calls));
		files.forEach((file) -> strace.addAll(List.of("-P", file.toString())));
		faults.forEach((fault) -> strace.addAll(List.of("-e", "inject=" + fault)));
		return start(strace, Map.of(), options, main, arguments);
	}

	/**
	 * Start the {@code main} of a class with options of the virtual machine and
	 * additional variables in its environment.
	 */
	public static Process start(Map<String, String> environment, List<String> options, Class<?> main,
			String... arguments) throws IOException {
		return start(List.of(), environment, options, main, arguments);
	}

	/**
	 * Start the {@code main} of a class as a user would, in a directory and with options
	 * of the virtual machine, and keep its errors in a file.
	 */
	public static Process startIn(Path directory, Path errors, Map<String, String> environment, List<String> options,
			Class<?> main, String... arguments) throws IOException {
		return builder(List.of(), environment, options, main, arguments).directory(directory.toFile())
			.redirectError(errors.toFile())
			.start();
	}

	private static Process start(List<String> before, Map<String, String> environment, List<String> options,
			Class<?> main, String... arguments) throws IOException {
		Process process = builder(before, environment, options, main, arguments).start();
		Thread errors = new Thread(() -> passOnErrors(process), "errors of " + main.getSimpleName());
		errors.setDaemon(true);
		errors.start();
		return process;
	}

	/**
	 * Not by inheritance: what the tests print is kept out of the build's log by whoever
	 * replaces {@link System#err}.
	 */
	private static void passOnErrors(Process process) {
		try {
			process.getErrorStream().transferTo(System.err);
		}
		catch (IOException ex) {
			// The process was killed.
		}
	}

	private static ProcessBuilder builder(List<String> before, Map<String, String> environment, List<String> options,
			Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>(before);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.add("-XX:+UseSerialGC");
		// Most end before even the other compiler pays off.
		command.add("-XX:CompileThresholdScaling=4");
		command.addAll(ClassArchive.options());
		// Java 24 and later warn without it.
		command.add("--enable-native-access=ALL-UNNAMED");
		// Its output is for what it has to say.
		command.add("-Dtest.log.target=System.err");
		command.add("-Dtest.log.level=WARN");
		command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
		command.add("-Dorg.sqlite.lib.path=" + UnpackedSqlite.DIRECTORY);
		command.addAll(options);
		command.add("-cp");
		command.add(ClassArchive.CLASS_PATH);
		command.add(main.getName());
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().putAll(environment);
		return builder;
	}

}
