/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a command that was run in a process of its own came to.
 *
 * @param exit its exit code
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record CommandRun(int exit, String out, String err) {

	private static final long PATIENCE_SECONDS = 60;

	/**
	 * Run a command to its end.
	 * @param directory its working directory
	 * @param environment environment variables, added to those that every process has
	 * @param input what it reads on standard input
	 */
	static CommandRun of(Path directory, Map<String, String> environment, String input, List<String> command)
			throws Exception {
		Path streams = Files.createTempDirectory("command");
		try {
			Path in = Files.writeString(streams.resolve("in"), input);
			Path out = streams.resolve("out");
			Path err = streams.resolve("err");
			ProcessBuilder builder = DemoJar.process(directory, command)
				.redirectInput(Redirect.from(in.toFile()))
				.redirectOutput(out.toFile())
				.redirectError(err.toFile());
			builder.environment().putAll(environment);
			Process process = builder.start();
			try {
				assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ends: %s", command).isTrue();
			}
			finally {
				process.destroyForcibly();
			}
			return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
		}
		finally {
			delete(streams);
		}
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			files.forEach((file) -> {
				try {
					Files.delete(file);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
		Files.delete(directory);
	}

	/**
	 * Assert that it did what it was told, and said nothing but its result.
	 */
	CommandRun done() {
		assertThat(this.err).as(this.out).isEmpty();
		return doneWithNote();
	}

	CommandRun doneWithNote() {
		assertThat(this.exit).as(this.err).isZero();
		return this;
	}

	/**
	 * Assert that it failed and said why in one line.
	 */
	CommandRun failed(String... because) {
		assertThat(this.exit).as(this.err).isOne();
		assertThat(this.err.lines()).as(this.err).hasSize(1);
		assertThat(this.err).contains(because).doesNotContain("Exception", "unexpectedly");
		assertThat(this.out).isEmpty();
		return this;
	}

	CommandRun misused(String... because) {
		assertThat(this.exit).as(this.err).isEqualTo(2);
		assertThat(this.err).contains(because).doesNotContain("Exception");
		assertThat(this.out).isEmpty();
		return this;
	}

	/**
	 * Return all that it printed.
	 */
	String all() {
		return this.out + this.err;
	}

}
