/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The executable jar of the demo, to be run in processes of their own.
 */
final class DemoJar {

	private DemoJar() {
	}

	static Path path() {
		String jar = System.getProperty("demo-app.jar");
		if (jar == null) {
			throw new IllegalStateException("Run this with Maven's verify: it needs the executable jar");
		}
		return Path.of(jar).toAbsolutePath();
	}

	/**
	 * Return a command that runs Java.
	 */
	static List<String> java(String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.add("-XX:+UseSerialGC");
		command.add("-XX:CompileThresholdScaling=4");
		command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
		command.addAll(List.of(arguments));
		return command;
	}

	/**
	 * Return a process that sees nothing of the configuration of this one.
	 */
	static ProcessBuilder process(Path directory, List<String> command) {
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
		builder.environment()
			.keySet()
			.removeIf((name) -> name.matches("(SERVER|SPRING|MANAGEMENT|QUARTERMASTER)_.*|NO_COLOR|CLICOLOR.*"));
		return builder;
	}

}
