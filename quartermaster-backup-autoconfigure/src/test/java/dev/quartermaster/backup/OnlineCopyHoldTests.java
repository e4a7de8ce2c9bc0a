/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for when {@link OnlineCopy} keeps others from writing, and what it lets go of.
 */
class OnlineCopyHoldTests {

	/**
	 * More than two steps.
	 */
	private static final int MEGABYTES = 17;

	private static final Duration PATIENCE_OF_DRIVER = Duration.ofSeconds(3);

	/**
	 * More steps than a copy has that is begun again no more than once.
	 */
	private static final int MANY = 10;

	private static final String WRITE = "UPDATE moved SET times = times + 1";

	private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@Test
	void showsMomentWhenItWasOpenedInWriteAheadLogMode() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "WAL");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().writeAheadLog()).isTrue();
			assertThat(tryToWrite(database)).isTrue();
			new OnlineCopy(source).to(destination, (bytes, total) -> {
				if (written.size() < MANY) {
					written.add(tryToWrite(database));
				}
			});
		}
		assertThat(written).as("is never begun again").containsExactly(true, true, true);
		assertThat(Ledger.moved(destination)).isZero();
		Ledger.assertWhole(destination, MEGABYTES);
		assertThat(Ledger.moved(database)).isEqualTo(1 + written.size());
	}

	@Test
	void isNotHeldWithRollbackJournalUntilItIsBegunAgain() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().writeAheadLog()).isFalse();
			assertThat(tryToWrite(database)).isTrue();
			new OnlineCopy(source).to(destination, (bytes, total) -> {
				if (bytes < total && written.size() < MANY) {
					written.add(tryToWrite(database));
				}
			});
			assertThat(tryToWrite(database)).as("is let go of when it is complete").isTrue();
		}
		assertThat(written).containsExactly(true, false, false);
		assertThat(Ledger.moved(destination)).isEqualTo(2);
		Ledger.assertWhole(destination, MEGABYTES);
		assertThat(this.log.warnings()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "DELETE, true", "WAL, false" })
	void tellsForHowLongItKeptWriters(String journalMode, boolean keeps) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		Duration pause = Duration.ofMillis(300);
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			OnlineCopy copy = new OnlineCopy(source);
			copy.to(destination, (bytes, total) -> {
				if (!written.isEmpty()) {
					LockSupport.parkNanos(pause.toNanos());
				}
				written.add(tryToWrite(database));
			});
			if (keeps) {
				assertThat(copy.longestLock()).isGreaterThan(pause);
			}
			else {
				assertThat(copy.longestLock()).isZero();
			}
		}
		assertThat(written).startsWith(true, !keeps);
	}

	@Test
	void warnsWhenWritersAreGoingToWaitForTooLong() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> {
			LockSupport.parkNanos(PATIENCE_OF_DRIVER.plusMillis(500).toNanos());
			assertThat(tryToWrite(database)).isTrue();
		}, () -> {
		});
		assertWarnsOfWaiting(database, "are kept waiting while it is backed up, for about ");
	}

	@Test
	void warnsWhenWritersHaveWaitedForLongerThanExpected() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> assertThat(tryToWrite(database)).isTrue(),
				() -> LockSupport.parkNanos(PATIENCE_OF_DRIVER.plusMillis(100).toNanos()));
		assertWarnsOfWaiting(database, "may have been kept waiting while it was backed up, for ");
	}

	/**
	 * Also if nobody wrote so far, and the copy is the only step.
	 */
	@ParameterizedTest
	@CsvSource({ "DELETE, true", "WAL, false" })
	@Tag("process")
	void warnsWhenFlushTakesTooLong(String journalMode, boolean warns) throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = " + journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		String slowOnce = "fsync,fdatasync:delay_exit=" + PATIENCE_OF_DRIVER.plusMillis(100).toNanos() / 1000
				+ ":when=1";
		Process process = JavaProcess.startFaulty(this.temp.resolve("trace"), List.of(slowOnce),
				List.of("-Dtest.log.target=System.out"), Copy.class, database.toString(), destination.toString());
		String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		assertThat(TestDatabase.items(destination)).hasSize(1);
		if (warns) {
			assertThat(log)
				.contains("Writers to " + database + " may have been kept waiting while it was backed up, for ");
		}
		else {
			assertThat(log).isEmpty();
		}
	}

	@Test
	void doesNotWarnOfWhatItWaitsForItself() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			CompletableFuture<Void> writer = lockFor(database, PATIENCE_OF_DRIVER.plusMillis(100));
			new OnlineCopy(source).to(destination, (bytes, total) -> {
			});
			writer.join();
		}
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void doesNotWarnOfWhatListenerDoesBetweenSteps() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> LockSupport.parkNanos(PATIENCE_OF_DRIVER.plusMillis(100).toNanos()), () -> {
		});
		assertThat(this.log.warnings()).isEmpty();
	}

	/**
	 * Copy a database that somebody writes to after the first step.
	 * @param afterFirstStep is run when it is not held yet
	 * @param whenHeld is run when it is
	 */
	private void slowCopy(Path database, Runnable afterFirstStep, Runnable whenHeld) throws Exception {
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Runnable> steps = new ArrayList<>(List.of(afterFirstStep, whenHeld));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			new OnlineCopy(source).to(destination, (bytes, total) -> {
				if (!steps.isEmpty()) {
					steps.remove(0).run();
				}
			});
		}
		assertThat(steps).isEmpty();
		Ledger.assertWhole(destination, MEGABYTES);
	}

	private void assertWarnsOfWaiting(Path database, String what) {
		assertThat(this.log.warnings()).hasSize(1)
			.allSatisfy((warning) -> assertThat(warning.getFormattedMessage())
				.startsWith("Writers to " + database + " " + what)
				.contains("give up after 3 s", "journal_mode=WAL"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void tellsHowFarItHasCome(String journalMode) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		Steps steps = new Steps();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().size()).isEqualTo(Files.size(database));
			new OnlineCopy(source).to(destination, steps);
		}
		steps.assertLeadTo(Files.size(destination));
		for (boolean open : new boolean[] { true, false }) {
			Steps back = new Steps();
			assertThat(new OnlineRestore(destination, DatabaseFile.of(database), LiveDatabase.of(database),
					BUSY_TIMEOUT, back)
				.run(open, (current) -> true)).isTrue();
			back.assertLeadTo(Files.size(destination));
		}
	}

	@Test
	void sizeIncludesWhatIsOnlyInWriteAheadLog() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "page_size = 1024", "journal_mode = WAL");
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			statement.execute("CREATE TABLE big (content BLOB)");
			statement.execute("INSERT INTO big VALUES (randomblob(100000))");
			long size = Long.parseLong(TestDatabase.query(database, "PRAGMA page_count").get(0)) * 1024;
			assertThat(size).isGreaterThan(Files.size(database));
			try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
				assertThat(source.state().size()).isEqualTo(size);
			}
		}
	}

	@Test
	void waitsForLockForLongerThanDriverWouldByItself() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		CompletableFuture<Void> writer = lockFor(database, PATIENCE_OF_DRIVER.plusMillis(500));
		CopySource.open(LiveDatabase.of(database), Duration.ofMinutes(1)).close();
		writer.join();
	}

	@Test
	void letsGoOfWriteAheadLogAsSoonAsItIsComplete() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = WAL");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(OpenState.of(LiveDatabase.of(database))).isEqualTo(OpenState.OPEN);
			new OnlineCopy(source).to(destination, (bytes, total) -> {
			});
			assertThat(OpenState.of(LiveDatabase.of(database))).isEqualTo(OpenState.NOT_OPEN);
		}
	}

	@Test
	void letsGoOfDatabaseThatCannotBeRead() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = WAL");
		TestDatabase.execute(database, "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE TABLE item (' WHERE name = 'item'");
		BackupServices.backup(BackupServices.service(database), "x");
		assertThat(OpenState.of(LiveDatabase.of(database))).isNotEqualTo(OpenState.OPEN);
	}

	@Test
	void stopsFlushingWhenLargeCopyIsComplete() throws Exception {
		Path database = this.temp.resolve("app.db");
		TestDatabase.execute(database, "CREATE TABLE big (content BLOB)",
				"INSERT INTO big VALUES (zeroblob(33 * 1024 * 1024))");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			new OnlineCopy(source).to(destination, (bytes, total) -> {
			});
			assertThat(EarlyFlushTests.threads()).isEmpty();
		}
		assertThat(TestDatabase.check(destination)).containsExactly("ok");
	}

	/**
	 * Lock a database for some time, so that nobody else can read it.
	 */
	private static CompletableFuture<Void> lockFor(Path database, Duration time) throws InterruptedException {
		CountDownLatch locked = new CountDownLatch(1);
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
			try (Connection connection = TestDatabase.open(database);
					Statement statement = connection.createStatement()) {
				statement.execute("BEGIN EXCLUSIVE");
				locked.countDown();
				LockSupport.parkNanos(time.toNanos());
				statement.execute("ROLLBACK");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		locked.await();
		return writer;
	}

	/**
	 * Write like an application that does not wait.
	 */
	private static boolean tryToWrite(Path database) {
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 0");
			statement.execute(WRITE);
			return true;
		}
		catch (SQLException ex) {
			if (!SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)) {
				throw new IllegalStateException(ex);
			}
			return false;
		}
	}

	/**
	 * Copies a database.
	 */
	static final class Copy {

		public static void main(String[] args) {
			try (CopySource source = CopySource.open(LiveDatabase.of(Path.of(args[0])), BUSY_TIMEOUT)) {
				new OnlineCopy(source).to(Path.of(args[1]), (bytes, total) -> {
				});
			}
		}

	}

	/**
	 * What was told of the progress.
	 */
	private static final class Steps implements Progress {

		private final List<Long> bytes = new ArrayList<>();

		private final List<Long> totals = new ArrayList<>();

		@Override
		public void at(long bytes, long totalBytes) {
			this.bytes.add(bytes);
			this.totals.add(totalBytes);
		}

		void assertLeadTo(long size) {
			assertThat(this.bytes).hasSizeGreaterThan(2)
				.isSorted()
				.doesNotHaveDuplicates()
				.endsWith(size)
				.allSatisfy((step) -> assertThat(step).isBetween(1L, size));
			assertThat(this.totals).containsOnly(size);
		}

	}

}
