/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;

/**
 * The demo's Dockerfile.
 *
 * @param lines its instructions, without comments
 */
record Dockerfile(List<String> lines) {

	static Dockerfile read() {
		try {
			return new Dockerfile(Files.readAllLines(Path.of("container/Dockerfile"))
				.stream()
				.filter((line) -> !line.isBlank() && !line.startsWith("#"))
				.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return what follows an instruction wherever it stands.
	 */
	List<String> all(String instruction) {
		return this.lines.stream()
			.filter((line) -> line.startsWith(instruction + " "))
			.map((line) -> line.substring(instruction.length() + 1))
			.toList();
	}

	/**
	 * Return the words of the line that takes the jar apart, without {@code java}.
	 */
	String[] extraction() {
		String line = all("RUN").get(0);
		return line.substring("java ".length()).split(" ");
	}

	/**
	 * Return the directories that are copied from where the jar was taken apart, relative
	 * to it.
	 */
	List<String> layers() {
		String prefix = "--from=builder " + all("WORKDIR").get(0) + "/";
		return all("COPY").stream()
			.filter((line) -> line.startsWith(prefix))
			.map((line) -> line.substring(prefix.length(), line.lastIndexOf(' ')))
			.toList();
	}

	Map<String, String> environment() {
		return all("ENV").stream()
			.map((line) -> line.split("=", 2))
			.collect(Collectors.toMap((parts) -> parts[0], (parts) -> parts[1]));
	}

	/**
	 * Return the directory in which the application runs.
	 */
	String workingDirectory() {
		List<String> directories = all("WORKDIR");
		return directories.get(directories.size() - 1);
	}

	int user() {
		return Integer.parseInt(all("USER").get(0).split(":")[0]);
	}

	List<String> entrypoint() {
		return JsonPath.read(all("ENTRYPOINT").get(0), "$");
	}

}
