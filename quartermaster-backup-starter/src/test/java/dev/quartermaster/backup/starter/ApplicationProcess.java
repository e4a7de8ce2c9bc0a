/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process with the class path that an application with the starter has.
 */
record ApplicationProcess(Process process, Path log) {

	/**
	 * What an application has that has only JDBC and the driver is left when these are
	 * gone.
	 */
	private static final List<String> BROUGHT_BY_STARTER = List.of("quartermaster-", "picocli-",
			"spring-boot-actuator-", "spring-boot-starter-actuator-", "spring-boot-health-", "spring-boot-micrometer-",
			"spring-boot-starter-micrometer-", "micrometer-core-", "micrometer-jakarta9-", "HdrHistogram-",
			"LatencyUtils-");

	/**
	 * Return the class path of an application with the starter, which Maven has found
	 * out, and a tool.
	 * @param tool the beginnings of the names of the files that the tool consists of
	 */
	static List<String> classPath(List<String> tool) throws IOException {
		List<String> classPath = new ArrayList<>();
		classPath.add(System.getProperty("starter.test-classes"));
		classPath.addAll(entries(Files.readString(Path.of(System.getProperty("starter.class-path"))).strip()));
		entries(System.getProperty("java.class.path")).stream()
			.filter((entry) -> startsWithAny(entry, tool) && !classPath.contains(entry))
			.forEach(classPath::add);
		return classPath;
	}

	/**
	 * Return the same class path for an application without the starter.
	 */
	static List<String> withoutStarter(List<String> classPath) {
		return classPath.stream()
			.filter((entry) -> !startsWithAny(entry, BROUGHT_BY_STARTER) && !isOurs(entry))
			.toList();
	}

	private static boolean isOurs(String entry) {
		// Not yet a jar when only the tests are run.
		return entry.contains("quartermaster-backup-autoconfigure");
	}

	private static List<String> entries(String classPath) {
		return Arrays.asList(classPath.split(System.getProperty("path.separator")));
	}

	private static boolean startsWithAny(String entry, List<String> beginnings) {
		String name = Path.of(entry).getFileName().toString();
		return beginnings.stream().anyMatch(name::startsWith);
	}

	static ApplicationProcess start(Path directory, List<String> classPath, List<String> options, Class<?> main,
			String... arguments) throws IOException {
		return start(directory, classPath, options, main.getName(), arguments);
	}

	static ApplicationProcess start(Path directory, List<String> classPath, List<String> options, String main,
			String... arguments) throws IOException {
		List<String> command = Stream.of(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				// Java 24 and later warn of the driver without it.
				"--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
				// The driver logs what it finds there of processes that start or end at
				// the
				// same time.
				"-Dorg.sqlite.tmpdir=" + Files.createTempDirectory("sqlite")), options.stream(),
				Stream.of("-cp", String.join(System.getProperty("path.separator"), classPath), main),
				Stream.of(arguments))
			.flatMap((part) -> part)
			.toList();
		Path log = Files.createTempFile(directory, "process", ".log");
		return new ApplicationProcess(new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start(), log);
	}

	/**
	 * Wait until it has ended well, and return what it said.
	 */
	List<String> output() throws Exception {
		if (!this.process.waitFor(2, TimeUnit.MINUTES)) {
			this.process.destroyForcibly();
		}
		List<String> output = Files.readAllLines(this.log);
		if (this.process.waitFor() != 0) {
			throw new IllegalStateException(String.join("\n", output));
		}
		return output;
	}

}
