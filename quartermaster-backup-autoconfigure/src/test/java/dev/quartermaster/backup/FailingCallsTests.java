/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whichever call to the operating system fails while a snapshot is taken, that
 * leads to a clear error and leaves nothing behind, or to a snapshot that is whole. No
 * disk can be filled up just between two calls, so this makes the calls fail.
 */
@Tag("process")
class FailingCallsTests {

	private static final int ROWS = 1000;

	/**
	 * Which call of a kind fails that a thread makes: one that it does not come to unless
	 * it makes others on purpose before.
	 */
	private static final int FAILING = 100;

	/**
	 * Up to so many calls of a kind all fail in turn. Of more, most of which are alike,
	 * chance takes some, and a campaign all.
	 */
	private static final int FEW = 20;

	/**
	 * There are hundreds of failures to warn of.
	 */
	private static final String UNHEARD = "-Dtest.log.level=OFF";

	/**
	 * Java loads it when something has been called often, and to read it would fail then.
	 */
	private static final String LOADED_LATE = "java.lang.invoke.MethodHandleImpl$CountingWrapper$1";

	@TempDir
	private Path temp;

	@BeforeEach
	void requireStrace() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
	}

	@Test
	void callThatFailsOnceIsSaidAndLeavesNothing() throws Exception {
		backUp("EIO", "", "WAL");
	}

	@Test
	void diskThatIsFullFromAnyCallOnIsSaidAndLeavesNothing() throws Exception {
		backUp("ENOSPC", "+", "DELETE");
	}

	private void backUp(String error, String onwards, String journalMode) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS, "journal_mode = " + journalMode);
		boolean full = !onwards.isEmpty();
		List<String> failures = Call.thatFail(full)
			.stream()
			.map((call) -> call.names + ":error=" + error + ":when=" + call.failing + onwards)
			.toList();
		Sample sample = Sample.byChance("backups that fail, " + error);
		Process process = JavaProcess.startFaulty(this.temp.resolve("trace"), failures, List.of(UNHEARD),
				FailingBackups.class, database.toString(), String.valueOf(full), sample.toString());
		assertThat(process.waitFor()).isZero();
	}

	/**
	 * A disk that fails says nothing about what is on it, be it once, from then on or now
	 * and then.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "", "+", "+7" })
	void readThatFailsWhileFileIsCheckedIsNotTakenForCorruption(String onwards) throws Exception {
		Path file = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		TestDatabase.execute(file, "CREATE INDEX item_name ON item (name)",
				"CREATE TABLE large AS SELECT randomblob(20000)", "CREATE TABLE free AS SELECT * FROM large",
				"DROP TABLE free");
		String failure = Call.READ.names + ":error=EIO:when=" + Call.READ.failing + onwards;
		// Java reads its own classes, and would have none.
		Process process = JavaProcess.startFaulty(this.temp.resolve("trace"),
				List.of(file, file.resolveSibling("scratch")), List.of(failure), List.of(UNHEARD), FailingChecks.class,
				file.toString(), Sample.byChance("checks that fail").toString());
		assertThat(process.waitFor()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "EOPNOTSUPP", "EPERM", "EMLINK" })
	void requestedSnapshotIsFileOfItsOwnWhereThereAreNoHardLinks(String error) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		Path trace = this.temp.resolve("trace");
		Process process = JavaProcess.startFaulty(trace, List.of(Call.LINK.names + ":error=" + error), List.of(UNHEARD),
				UnlinkedBackups.class, database.toString());
		assertThat(process.waitFor()).isZero();
		assertThat(trace).content().contains("INJECTED");
	}

	/**
	 * Makes the calls of a backup fail in turn.
	 */
	static final class FailingBackups {

		private final Path directory;

		private final Path scratch;

		private final boolean full;

		private final Sample sample;

		private final List<Verification> verifications = new ArrayList<>();

		private final SqliteBackupService service;

		private FailingBackups(Path database, boolean full, Sample sample) throws IOException {
			this.directory = database.resolveSibling("backups");
			this.scratch = Files.createFile(database.resolveSibling("scratch"));
			this.full = full;
			this.sample = sample;
			this.service = new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(),
					new BackupListener() {

						@Override
						public void onResult(BackupResult result) {
							if (result instanceof BackupResult.Created created) {
								FailingBackups.this.verifications.add(created.verification());
							}
						}

					});
		}

		public static void main(String[] args) throws Exception {
			Class.forName(LOADED_LATE);
			boolean full = Boolean.parseBoolean(args[1]);
			FailingBackups backups = new FailingBackups(Path.of(args[0]), full, Sample.of(args[2]));
			for (Call call : Call.thatFail(full)) {
				int calls = backups.failEach(call, false) + backups.failEach(call, true);
				assertThat(calls).as("%s", call).isPositive();
			}
		}

		/**
		 * Make calls of a backup fail, of one that makes a new file or of one that finds
		 * nothing changed.
		 * @return how many calls there are
		 */
		private int failEach(Call call, boolean unchanged) throws Exception {
			prepare(unchanged);
			int calls = inNewThread(() -> {
				assertThat(FaultyBackup.attempt(this.service)).isNull();
				return call.failing - 1 - call.makeUntilItFails(this.scratch);
			});
			int failures = 0;
			for (int i : this.sample.from(calls)) {
				prepare(unchanged);
				int before = call.failing - i;
				String what = "%s %d of %d, %s".formatted(call, i, calls, unchanged ? "unchanged" : "new");
				failures += inNewThread(() -> {
					call.make(before, this.scratch);
					BackupException failure = FaultyBackup.attempt(this.service);
					assertHandled(call, failure, (unchanged ? 1 : 0) + ((failure != null) ? 0 : 1), what);
					FaultyBackup.migrate(this.service);
					return (failure != null) ? 1 : 0;
				});
				inNewThread(() -> {
					assertSnapshotsAreWhole(what);
					return null;
				});
			}
			if (call == Call.FLUSH && this.full) {
				assertThat(failures).as("all but those of the directory, the manifest and the identity")
					.isEqualTo(calls - (unchanged ? 2 : 3));
			}
			return calls;
		}

		private void prepare(boolean unchanged) throws Exception {
			inNewThread(() -> {
				BackupDirectory.remove(this.directory);
				return null;
			});
			if (unchanged) {
				assertThat(inNewThread(() -> FaultyBackup.attempt(this.service))).isNull();
			}
			this.verifications.clear();
		}

		private void assertHandled(Call call, @Nullable BackupException failure, int snapshots, String what) {
			if (failure != null && this.full) {
				assertThat(failure).as(what).isInstanceOf(NoRoomException.class);
			}
			assertThat(BackupDirectory.published(this.directory)).as(what).hasSize(snapshots);
			assertThat(this.verifications).as(what).hasSize((failure != null) ? 0 : 1);
			// Also where SQLite itself takes a page for malformed that could not be read.
			assertThat(this.verifications).as(what).hasOnlyElementsOfType(Verification.Sound.class);
		}

		private void assertSnapshotsAreWhole(String what) {
			FaultyBackup.assertPublishedAreSound(this.directory);
			assertThat(BackupDirectory.published(this.directory)).as(what)
				.allSatisfy((snapshot) -> assertThat(TestDatabase.items(snapshot)).hasSize(ROWS));
			assertThat(BackupDirectory.leftovers(this.directory)).as(what).isEmpty();
		}

		/**
		 * Each thread has a count of its own of the calls that it makes.
		 */
		private static <T> T inNewThread(Callable<T> what) throws Exception {
			FutureTask<T> task = new FutureTask<>(what);
			new Thread(task).start();
			return task.get();
		}

	}

	/**
	 * Makes reads of a check fail in turn, or all from that one on.
	 */
	static final class FailingChecks {

		public static void main(String[] args) throws Exception {
			Class.forName(LOADED_LATE);
			Path file = Path.of(args[0]);
			Path scratch = Files.createFile(file.resolveSibling("scratch"));
			Sample sample = Sample.of(args[1]);
			failEach(sample, scratch,
					() -> SnapshotVerifier.verify(file, VerificationMode.FULL, FailingChecks::ignore));
			failEach(sample, scratch,
					() -> SnapshotVerifier.verifyLive(LiveDatabase.of(file), Duration.ZERO, FailingChecks::ignore));
		}

		private static void failEach(Sample sample, Path scratch, Supplier<Verification> check) throws Exception {
			int reads = FailingBackups.inNewThread(() -> {
				assertThat(check.get()).isInstanceOf(Verification.Sound.class);
				return Call.READ.failing - 1 - Call.READ.makeUntilItFails(scratch);
			});
			assertThat(reads).isGreaterThan(10);
			for (int i : sample.from(reads)) {
				int before = Call.READ.failing - i;
				String what = "read %d of %d".formatted(i, reads);
				FailingBackups.inNewThread(() -> {
					Call.READ.make(before, scratch);
					try {
						assertThat(check.get()).as(what).isNotInstanceOf(Verification.Corrupt.class);
					}
					catch (BackupException ex) {
						BackupDirectory.assertClear(ex);
					}
					return null;
				});
			}
		}

		private static void ignore(long bytes, long totalBytes) {
		}

	}

	/**
	 * Takes snapshots where no file can have two names.
	 */
	static final class UnlinkedBackups {

		public static void main(String[] args) throws Exception {
			Path database = Path.of(args[0]);
			SqliteBackupService service = BackupServices.service(database);
			Set<Object> files = new HashSet<>();
			assertThat(service.backupIfChanged(SnapshotReason.of("automatic")))
				.isInstanceOf(BackupResult.Created.class);
			assertThat(service.backupIfChanged(SnapshotReason.of("automatic")))
				.isInstanceOf(BackupResult.Unchanged.class);
			BackupServices.backup(service, "requested");
			BackupServices.backup(service, "requested");
			for (Path snapshot : BackupDirectory.published(service.directory())) {
				files.add(Files.getAttribute(snapshot, "unix:ino"));
				assertThat(TestDatabase.items(snapshot)).hasSize(ROWS);
			}
			assertThat(files).hasSize(3);
			assertThat(service.list()).allMatch((snapshot) -> SnapshotManifests.find(snapshot).isPresent());
			FaultyBackup.assertPublishedAreSound(service.directory());
			assertThat(BackupDirectory.leftovers(service.directory())).isEmpty();
		}

	}

	/**
	 * Which of many calls fail: the first, the last, and those between that are some
	 * number apart.
	 */
	private record Sample(int apart, int first) {

		static Sample byChance(String what) {
			int apart = Campaign.scale("failing-calls-apart", 4);
			return new Sample(apart, Campaign.random(what).nextInt(apart));
		}

		static Sample of(String argument) {
			String[] numbers = argument.split(",");
			return new Sample(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
		}

		int[] from(int calls) {
			return IntStream.rangeClosed(1, calls)
				.filter((i) -> calls <= FEW || i == 1 || i == calls || i % this.apart == this.first)
				.toArray();
		}

		@Override
		public String toString() {
			return this.apart + "," + this.first;
		}

	}

	/**
	 * Calls to the operating system, and how to make some that change nothing.
	 */
	private enum Call {

		MKDIR("?mkdir,?mkdirat") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				calls.make(() -> {
					try {
						Files.createDirectory(file);
					}
					catch (FileAlreadyExistsException ex) {
						// As it is to be.
					}
				});
			}

		},

		READ("pread64", 4 * FAILING) {

			@Override
			void make(Path file, Calls calls) throws IOException {
				try (FileChannel channel = FileChannel.open(file)) {
					calls.make(() -> channel.read(ByteBuffer.allocate(1), 0));
				}
			}

		},

		WRITE("write", 3 * FAILING) {

			@Override
			void make(Path file, Calls calls) throws IOException {
				try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
					calls.make(() -> channel.write(ByteBuffer.allocate(1)));
				}
			}

		},

		WRITE_AT("pwrite64") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
					calls.make(() -> channel.write(ByteBuffer.allocate(1), 0));
				}
			}

		},

		TRUNCATE("ftruncate") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
					calls.make(() -> access.setLength(1));
				}
			}

		},

		FLUSH("fsync") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
					calls.make(() -> channel.force(true));
				}
			}

		},

		RENAME("?rename,?renameat,?renameat2") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				calls.make(() -> {
					try {
						Files.move(file.resolveSibling("nothing"), file, StandardCopyOption.ATOMIC_MOVE);
					}
					catch (NoSuchFileException ex) {
						// As it is to be.
					}
				});
			}

		},

		LINK("?link,?linkat") {

			@Override
			void make(Path file, Calls calls) throws IOException {
				calls.make(() -> {
					try {
						Files.createLink(file, file.resolveSibling("app.db"));
					}
					catch (FileAlreadyExistsException ex) {
						// As it is to be.
					}
				});
			}

		},

		OPEN("?open,?openat", 4 * FAILING) {

			@Override
			void make(Path file, Calls calls) throws IOException {
				calls.make(() -> FileChannel.open(file, StandardOpenOption.WRITE).close());
			}

		};

		final String names;

		final int failing;

		Call(String names) {
			this(names, FAILING);
		}

		Call(String names, int failing) {
			this.names = names;
			this.failing = failing;
		}

		/**
		 * Return those that fail, which on a full disk reading does not.
		 */
		static Set<Call> thatFail(boolean full) {
			return full ? EnumSet.of(MKDIR, WRITE, WRITE_AT, FLUSH, RENAME, LINK) : EnumSet.allOf(Call.class);
		}

		void make(int times, Path file) throws IOException {
			make(file, (once) -> {
				for (int i = 0; i < times; i++) {
					once.make();
				}
			});
		}

		int makeUntilItFails(Path file) throws IOException {
			AtomicInteger made = new AtomicInteger();
			make(file, (once) -> {
				try {
					for (;; made.incrementAndGet()) {
						assertThat(made).hasValueLessThan(this.failing);
						once.make();
					}
				}
				catch (IOException ex) {
					// That was the one.
				}
			});
			return made.get();
		}

		abstract void make(Path file, Calls calls) throws IOException;

	}

	/**
	 * Makes a call some times.
	 */
	private interface Calls {

		void make(OneCall once) throws IOException;

	}

	private interface OneCall {

		void make() throws IOException;

	}

}
