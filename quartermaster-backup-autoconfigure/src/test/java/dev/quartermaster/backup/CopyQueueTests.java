/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.lang.Thread.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CopyQueue}, by itself and as {@link SqliteBackupService} uses it.
 */
class CopyQueueTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private static final Duration SHORT = Duration.ofMillis(50);

	@TempDir
	private Path temp;

	private final SlowCopy slow = new SlowCopy();

	private long now = 1_000_000;

	private final List<Long> slept = new ArrayList<>();

	private final CopyQueue queue = new CopyQueue(() -> this.now, (nanos) -> {
		this.slept.add(nanos);
		this.now += nanos;
	});

	@AfterEach
	void releaseCopy() {
		this.slow.go.countDown();
	}

	@Test
	void thoseThatWaitShareCopyThatWasBegunAfterTheyCame() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = WAL");
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('after the first was begun')");
		Waiting second = start(() -> service(database, LONG).backup("second"));
		second.untilItWaits();
		Waiting third = start(() -> service(database, LONG).backup("third"));
		third.untilItWaits();
		this.slow.go.countDown();

		assertThat(TestDatabase.items(first.snapshot())).hasSize(1);
		assertThat(TestDatabase.items(second.snapshot())).hasSize(2);
		assertThat(Files.isSameFile(second.snapshot(), third.snapshot())).isTrue();
		assertThat(third.snapshot()).isNotEqualTo(second.snapshot()).asString().contains("-third");
		assertThat(SnapshotManifests.find(third.created().snapshot()).orElseThrow().reason()).isEqualTo("third");
		assertThat(this.slow.made()).as("copies").isEqualTo(2);
		assertThat(BackupDirectory.published(this.temp.resolve("backups"))).hasSize(3);
	}

	@Test
	void copyThatWasCheckedInAnotherWayIsNotShared() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = WAL");
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		Waiting second = start(() -> service(database, LONG).backup("second"));
		second.untilItWaits();
		Waiting third = start(() -> service(database, VerificationMode.FULL, LONG, this.slow).backup("third"));
		third.untilItWaits();
		this.slow.go.countDown();

		assertThat(first.created().verification().summary()).startsWith("quick_check");
		assertThat(second.created().verification().summary()).startsWith("quick_check");
		assertThat(third.created().verification().summary()).startsWith("integrity_check");
	}

	@Test
	void whoComesAfterCopyWasBegunGetsOneOfTheirOwn() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = WAL");
		this.slow.go.countDown();
		service(database, LONG).backup("first");
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		Path second = created(service(database, LONG).backup("second")).snapshot().file();
		assertThat(TestDatabase.items(second)).hasSize(2);
	}

	@Test
	void copyThatIsGoneIsNotShared() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = WAL");
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		Waiting second = start(() -> service(database, LONG).backup("second"));
		second.untilItWaits();
		Waiting third = start(() -> {
			CopyQueue.Permit permit = CopyQueue.of(database).await(database, LONG);
			try (permit) {
				permit.begunSince().ifPresent((copy) -> delete(copy.snapshot().file()));
			}
			return new BackupResult.NothingToBackUp(database);
		});
		third.untilItWaits();
		Waiting fourth = start(() -> service(database, LONG).backup("fourth"));
		fourth.untilItWaits();
		this.slow.go.countDown();
		third.result.join();
		assertThat(second.snapshot()).doesNotExist();
		assertThat(TestDatabase.items(fourth.snapshot())).hasSize(1);
		first.result.join();
	}

	@Test
	void waitsForNoLongerThanBusyTimeout() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		assertThatExceptionOfType(DatabaseBusyException.class)
			.isThrownBy(() -> service(database, SHORT).backup("second"))
			.withMessageStartingWith("The backup of the database " + database + " waited longer than ");
		this.slow.go.countDown();
		assertThat(first.snapshot()).exists();
	}

	@Test
	void migrationWaitsForLonger() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = WAL");
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		Waiting migration = start(() -> service(database, SHORT).backupIfChanged(SnapshotReason.FLYWAY));
		migration.untilItWaits();
		Thread.sleep(2 * SHORT.toMillis());
		this.slow.go.countDown();
		assertThat(TestDatabase.items(migration.snapshot())).hasSize(2);
		first.result.join();
	}

	@Test
	void interruptedWaiterSaysSo() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Waiting first = start(() -> service(database, LONG).backup("first"));
		this.slow.begun.await();
		Waiting second = start(() -> {
			try {
				return service(database, LONG).backup("second");
			}
			finally {
				assertThat(Thread.currentThread().isInterrupted()).isTrue();
			}
		});
		second.untilItWaits();
		second.thread.interrupt();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(second.result::join)
			.withCauseExactlyInstanceOf(BackupException.class)
			.withMessageContaining(
					"No snapshot was taken of the database " + database + ": the thread was interrupted");
		this.slow.go.countDown();
		first.result.join();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void fileHasOneQueueByAllItsPaths() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path link = Files.createSymbolicLink(this.temp.resolve("link.db"), database);
		assertThat(CopyQueue.of(link)).isSameAs(CopyQueue.of(database))
			.isNotSameAs(CopyQueue.of(this.temp.resolve("other.db")));
	}

	@Test
	void nextCopyIsPutOffForAsLongAsLatestKeptWriters() {
		copyThatLocksFor(Duration.ofMillis(300));
		this.now += Duration.ofMillis(100).toNanos();
		copyThatLocksFor(Duration.ZERO);
		copyThatLocksFor(Duration.ZERO);
		assertThat(this.slept).containsExactly(0L, Duration.ofMillis(200).toNanos(), 0L);
	}

	@Test
	void waitsForWritersNoLongerThanTimeout() {
		copyThatLocksFor(LONG.plusMillis(1));
		try (CopyQueue.Permit permit = this.queue.await(this.temp, LONG)) {
			assertThatExceptionOfType(DatabaseBusyException.class).isThrownBy(permit::begin);
		}
		try (CopyQueue.Permit permit = this.queue.awaitHoweverLong(this.temp, SHORT)) {
			assertThat(permit.begin()).isEqualTo(SHORT);
		}
		assertThat(this.slept).containsExactly(0L, LONG.plusMillis(1).toNanos());
	}

	@Test
	void timeThatWritersGotIsNoTimeForLocks() {
		copyThatLocksFor(Duration.ofSeconds(20));
		try (CopyQueue.Permit permit = this.queue.await(this.temp, LONG)) {
			assertThat(permit.begin()).isEqualTo(Duration.ofSeconds(40));
		}
	}

	@Test
	void permitThatWasAwaitedHoweverLongIsGivenBack() {
		this.queue.awaitHoweverLong(this.temp, SHORT).close();
		assertThat(CompletableFuture.supplyAsync(this::isFree).join()).isTrue();
	}

	private boolean isFree() {
		try (CopyQueue.Permit permit = this.queue.attempt(this.temp)) {
			return permit != null;
		}
	}

	private void copyThatLocksFor(Duration locked) {
		try (CopyQueue.Permit permit = this.queue.await(this.temp, LONG)) {
			permit.begin();
			permit.released(locked);
		}
	}

	private SqliteBackupService service(Path database, Duration busyTimeout) {
		return service(database, VerificationMode.QUICK, busyTimeout, this.slow);
	}

	/**
	 * Every service is another one, as those of an endpoint and of a migration may be.
	 */
	private static SqliteBackupService service(Path database, VerificationMode mode, Duration busyTimeout,
			BackupListener listener) {
		return new SqliteBackupService(SqliteDatabase.of(database),
				new BackupSettings(null, mode, busyTimeout, ZoneOffset.UTC, 0), listener);
	}

	private static BackupResult.Created created(BackupResult result) {
		assertThat(result).isInstanceOf(BackupResult.Created.class);
		return (BackupResult.Created) result;
	}

	private static void delete(Path file) {
		try {
			Files.delete(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Waiting start(Supplier<BackupResult> backup) {
		CompletableFuture<BackupResult> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(backup.get());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.start();
		return new Waiting(thread, result);
	}

	/**
	 * Somebody on a thread of their own who asks for a snapshot.
	 */
	private record Waiting(Thread thread, CompletableFuture<BackupResult> result) {

		void untilItWaits() {
			while (this.thread.getState() != State.TIMED_WAITING) {
				assertThat(this.result).as("waits").isNotDone();
				Thread.onSpinWait();
			}
		}

		Path snapshot() {
			return created().snapshot().file();
		}

		BackupResult.Created created() {
			return CopyQueueTests.created(this.result.join());
		}

	}

	/**
	 * Keeps copies from going on until it is told.
	 */
	private static final class SlowCopy implements BackupListener {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private int made;

		@Override
		public void onProgress(Path database, long bytes, long totalBytes) {
			this.begun.countDown();
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			synchronized (this) {
				if (bytes == totalBytes) {
					this.made++;
				}
			}
		}

		synchronized int made() {
			return this.made;
		}

	}

}
