/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupDirectory;
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

/**
 * Tests that a snapshot is on disk before it gets its name, and its name before anybody
 * is told of it. Only a power cut would show that it is not, so this looks at the calls
 * to the operating system.
 */
class FlushOrderTests {

	private static final String WRITING = "write,pwrite64,ftruncate";

	private static final String COPYING = "sendfile,copy_file_range";

	private static final String FLUSHING = "fsync,fdatasync";

	private static final String NAMING = "link,linkat";

	private static final String MOVING = "rename,renameat,renameat2";

	private static final String MAKING = "mkdir,mkdirat";

	private static final String REMOVING = "unlink,unlinkat";

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	@Tag("process")
	void isFlushedBeforeItIsNamedAndBeforeItIsTold(String journalMode) throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000, "journal_mode = " + journalMode);
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, FLUSHING, NAMING, MAKING), BackupToNewDirectories.class, database.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThatNames();
		Path parent = this.temp.resolve("kept");
		assertThat(List.of(last(calls, call(MAKING, parent + "\"")),
				last(calls, call(FLUSHING, this.temp.getFileName() + ">"))))
			.as("%s", calls)
			.doesNotContain(-1)
			.isSorted();
		assertThat(List.of(last(calls, call(MAKING, parent.resolve("backups") + "\"")),
				last(calls, call(FLUSHING, parent + ">")), first(calls, call(NAMING, "backups/app-"))))
			.as("%s", calls)
			.doesNotContain(-1)
			.isSorted();
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
	 * Whoever copied it here, or was killed before it was flushed, did not see to that.
	 */
	@Test
	@Tag("process")
	void snapshotThatIsKeptIsFlushedBeforeItIsTold() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000);
		Path kept = BackupServices.backup(BackupServices.service(database), "kept").snapshot().file();
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, FLUSHING, NAMING), BackupIfChanged.class, database.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThat((call) -> call.startsWith("write(1<"));
		int flushed = last(calls, call(FLUSHING, kept.getFileName() + ">"));
		int nameFlushed = last(calls, call(FLUSHING, "backups>"));
		int told = last(calls, (call) -> call.startsWith("write(1<") && call.contains("Unchanged"));
		assertThat(List.of(flushed, nameFlushed, told)).as("%s", calls)
			.doesNotContain(-1)
			.isSorted()
			.doesNotHaveDuplicates();
	}

	@Test
	@Tag("process")
	void snapshotThatGetsSecondNameIsFlushedBeforeIt() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000);
		Path kept = BackupServices.backup(BackupServices.service(database), "kept").snapshot().file();
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, FLUSHING, NAMING), Backup.class, database.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThatNames();
		int flushed = last(calls, call(FLUSHING, kept.getFileName() + ">"));
		int named = last(calls, call(NAMING, "backups/app-"));
		int nameFlushed = last(calls, call(FLUSHING, "backups>"));
		int told = last(calls, (call) -> call.startsWith("write(1<"));
		assertThat(calls.get(named)).contains(kept.toString());
		assertThat(List.of(flushed, named, nameFlushed, told)).as("%s", calls)
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
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
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

	/**
	 * What a restore sets aside is on disk before its journals go, and these are gone
	 * before another database gets its name: a journal would be played back into that.
	 */
	@Test
	@Tag("process")
	void whatReplacesNoDatabaseIsFlushedInOrder() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 1000);
		Path database = Files.writeString(this.temp.resolve("app.db"), "Dear diary, ".repeat(1000));
		Files.createFile(this.temp.resolve("app.db-journal"));
		Process process = JavaProcess.startTraced(this.temp.resolve("trace"),
				String.join(",", WRITING, COPYING, FLUSHING, NAMING, MOVING, REMOVING), Restore.class,
				database.toString(), snapshot.toString());
		assertThat(process.waitFor()).isZero();
		List<String> calls = callsOfThreadThat(call(MOVING, "/app.db\""));
		Map<String, Predicate<String>> kinds = new LinkedHashMap<>();
		kinds.put("write", call(WRITING + "," + COPYING, ".partial>"));
		kinds.put("flush", call(FLUSHING, ".partial>"));
		kinds.put("set aside", call(NAMING, "/app.db\""));
		kinds.put("flush names", call(FLUSHING, this.temp.getFileName() + ">"));
		kinds.put("remove journal", call(REMOVING, "/app.db-journal\""));
		kinds.put("replace", call(MOVING, "/app.db\""));
		assertThat(order(calls, kinds)).as("%s", calls)
			.containsExactly("write", "flush", "set aside", "flush names", "remove journal", "flush names", "replace",
					"flush names");
	}

	/**
	 * Return which kinds of calls come after each other, as often as they alternate.
	 */
	private static List<String> order(List<String> calls, Map<String, Predicate<String>> kinds) {
		List<String> order = new ArrayList<>();
		for (String call : calls) {
			kinds.forEach((kind, which) -> {
				if (which.test(call) && (order.isEmpty() || !order.get(order.size() - 1).equals(kind))) {
					order.add(kind);
				}
			});
		}
		return order;
	}

	private List<String> callsOfThreadThatNames() throws IOException {
		return callsOfThreadThat(call(NAMING, "backups/app-"));
	}

	private List<String> callsOfThreadThat(Predicate<String> which) throws IOException {
		for (Path file : BackupDirectory.files(this.temp)) {
			if (file.getFileName().toString().startsWith("trace.")) {
				List<String> calls = Files.readAllLines(file);
				if (last(calls, which) >= 0) {
					return calls;
				}
			}
		}
		throw new AssertionError("No thread made such a call");
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

	/**
	 * Takes a snapshot into a directory in another one, which are both not there yet, and
	 * tells of it.
	 */
	static final class BackupToNewDirectories {

		public static void main(String[] args) {
			Path database = Path.of(args[0]);
			BackupServices
				.service(SqliteDatabase.of(database),
						BackupServices.settings(database.resolveSibling("kept/backups"), VerificationMode.QUICK))
				.backup("x");
			System.out.print("taken");
			System.out.flush();
		}

	}

	/**
	 * Takes a snapshot if there is a change, and tells of it.
	 */
	static final class BackupIfChanged {

		public static void main(String[] args) {
			BackupResult result = BackupServices.service(Path.of(args[0])).backupIfChanged(SnapshotReason.of("x"));
			System.out.print(result.getClass().getSimpleName());
			System.out.flush();
		}

	}

	/**
	 * Restores a snapshot.
	 */
	static final class Restore {

		public static void main(String[] args) {
			BackupServices.service(Path.of(args[0])).restore(Path.of(args[1]), false);
		}

	}

}
