/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.LedgerWriter;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Tests that a snapshot shows one point in time while somebody else commits as fast as
 * they can, that it comes to an end, and that the others do not notice.
 */
class BackupUnderWritersTests {

	/**
	 * A copy that is begun again and again would go on for as long as the writer does.
	 */
	private static final Duration LONGEST = Duration.ofMinutes(1);

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource({ "WAL, 2, 4", "DELETE, 2, 4", "TRUNCATE, 2, 2", "PERSIST, 2, 2", "WAL, 44, 1", "DELETE, 44, 1" })
	void showsOnePointInTimeWhileProcessWrites(String journalMode, int megabytes, int normally) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), megabytes, journalMode);
		int snapshots = Campaign.scale("snapshots", normally);
		try (LedgerWriter writer = LedgerWriter.start(database)) {
			takeSnapshots(snapshots, database, megabytes, "WAL".equals(journalMode), writer::assertUndisturbed);
			Campaign.tell("%d snapshots of %d MB, %s, while %d transactions were committed", snapshots, megabytes,
					journalMode, writer.stop());
		}
		Ledger.assertWhole(database, megabytes);
	}

	@ParameterizedTest
	@CsvSource({ "WAL, 2, 3", "DELETE, 2, 3", "WAL, 44, 1", "DELETE, 44, 1" })
	void showsOnePointInTimeWhileOtherPoolOfSameProcessWrites(String journalMode, int megabytes, int normally)
			throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), megabytes, journalMode);
		int snapshots = Campaign.scale("snapshots", normally);
		AtomicBoolean stop = new AtomicBoolean();
		CountDownLatch started = new CountDownLatch(1);
		CompletableFuture<Long> writer = CompletableFuture.supplyAsync(() -> write(database, started, stop));
		try {
			started.await();
			takeSnapshots(snapshots, database, megabytes, "WAL".equals(journalMode),
					() -> assertThat(writer).as("the writer has met no error").isNotDone());
		}
		finally {
			stop.set(true);
		}
		long commits = writer.get();
		assertThat(Ledger.moved(database)).as("commits in the database").isEqualTo(commits);
		Ledger.assertWhole(database, megabytes);
	}

	private static long write(Path database, CountDownLatch started, AtomicBoolean stop) {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(TestDatabase.url(database));
			pool.setMaximumPoolSize(2);
			long commits = 0;
			try (var connection = pool.getConnection(); Ledger.Mover mover = new Ledger.Mover(connection)) {
				while (!stop.get()) {
					mover.move();
					commits++;
					started.countDown();
				}
			}
			return commits;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			started.countDown();
		}
	}

	private static void takeSnapshots(int snapshots, Path database, int megabytes, boolean writersGoOn,
			Runnable assertion) throws IOException {
		long committedMeanwhile = 0;
		for (int i = 0; i < snapshots; i++) {
			BackupResult.Created created = assertTimeoutPreemptively(LONGEST,
					() -> BackupServices.backup(BackupServices.service(database), "x"));
			// Asked only in WAL mode: otherwise such a writer starves readers that wait
			// in SQLite's own way.
			long committed = writersGoOn ? Ledger.moved(database) : 0;
			assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
			Path snapshot = created.snapshot().file();
			Ledger.assertWhole(snapshot, megabytes);
			assertion.run();
			committedMeanwhile += committed - Ledger.moved(snapshot);
			Files.delete(snapshot);
		}
		if (writersGoOn) {
			assertThat(committedMeanwhile).as("commits since the snapshots were begun").isPositive();
		}
	}

}
