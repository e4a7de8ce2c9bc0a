/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that a snapshot is on disk before it gets its name, and its name before anybody
 * is told of it. Only a power cut would show that it is not, so this looks at the calls
 * to the operating system.
 */
class FlushOrderTests {

	private static final String WRITING = "write,pwrite64,ftruncate";

	private static final String FLUSHING = "fsync,fdatasync";

	private static final String NAMING = "link,linkat";

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	@Tag("process")
	void isFlushedBeforeItIsNamedAndBeforeItIsTold(String journalMode) throws Exception {
		assumeTrue(Programs.run("strace", "-f", "-o", "/dev/null", "true"), "strace is installed and may trace");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000, "journal_mode = " + journalMode);
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, FLUSHING, NAMING), Backup.class, database.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThatNames();
		int written = last(calls, call(WRITING, ".partial>"));
		int flushed = last(calls, call(FLUSHING, ".partial>"));
		int named = last(calls, call(NAMING, "backups/app-"));
		int nameFlushed = last(calls, call(FLUSHING, "backups>"));
		int told = last(calls, (call) -> call.startsWith("write(1<"));
		assertThat(List.of(written, flushed, named, nameFlushed, told)).as("%s", calls)
			.doesNotContain(-1)
			.isSorted()
			.doesNotHaveDuplicates();
	}

	/**
	 * With a rollback journal, nobody can commit during the last step.
	 */
	@Test
	@Tag("process")
	void isFlushedBeforeLastStepToo() throws Exception {
		assumeTrue(Programs.run("strace", "-f", "-o", "/dev/null", "true"), "strace is installed and may trace");
		Path database = Ledger.create(this.temp.resolve("app.db"), 9, "DELETE");
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, FLUSHING, NAMING), Backup.class, database.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThatNames();
		int flushed = first(calls, call(FLUSHING, ".partial>"));
		assertThat(calls.subList(0, flushed).stream().filter(call(WRITING, ".partial>"))).hasSizeGreaterThan(100);
		assertThat(calls.subList(flushed, calls.size()).stream().filter(call(WRITING, ".partial>")))
			.hasSizeGreaterThan(10);
	}

	private List<String> callsOfThreadThatNames() throws IOException {
		try (Stream<Path> files = Files.list(this.temp)) {
			for (Path trace : files.filter((file) -> file.getFileName().toString().startsWith("trace.")).toList()) {
				List<String> calls = Files.readAllLines(trace);
				if (last(calls, call(NAMING, "backups/app-")) >= 0) {
					return calls;
				}
			}
		}
		throw new AssertionError("Nothing was named");
	}

	private static Predicate<String> call(String names, String what) {
		return Pattern.compile("(" + names.replace(',', '|') + ")\\(.*" + Pattern.quote(what) + ".* = \\d+")
			.asMatchPredicate();
	}

	private static int first(List<String> calls, Predicate<String> which) {
		return IntStream.range(0, calls.size()).filter((i) -> which.test(calls.get(i))).findFirst().orElse(-1);
	}

	private static int last(List<String> calls, Predicate<String> which) {
		return IntStream.range(0, calls.size()).filter((i) -> which.test(calls.get(i))).max().orElse(-1);
	}

	/**
	 * Takes a snapshot and tells of it.
	 */
	static final class Backup {

		public static void main(String[] args) {
			BackupServices.service(Path.of(args[0])).backup("x");
			System.out.print("taken");
			System.out.flush();
		}

	}

}
