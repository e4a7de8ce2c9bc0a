/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that nothing is lost that other processes commit while a snapshot is restored:
 * whatever they were told is committed is in the database, or in the snapshot of what was
 * there before.
 */
class RestoreUnderWritersTests {

	private static final int WRITERS = 2;

	private static final String ROWS = "SELECT name FROM item WHERE name LIKE 'writer%'";

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource({ "WAL, restore", "DELETE, restore", "WAL, undo", "DELETE, undo" })
	void losesNothingThatWasCommitted(String journalMode, String how) throws Exception {
		int restores = Campaign.scale("restores-under-writers", 3);
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 20_000, "journal_mode = " + journalMode);
		SqliteBackupService service = BackupServices.service(database);
		Snapshot snapshot = BackupServices.backup(service, "before").snapshot();
		Set<String> kept = new HashSet<>();
		List<Writer> writers = IntStream.range(0, WRITERS)
			.mapToObj((i) -> Writer.start("writer" + i, database))
			.toList();
		try {
			for (int i = 0; i < restores; i++) {
				for (Writer writer : writers) {
					writer.awaitCommit();
				}
				Snapshot replaced = how.equals("undo") ? service
					.goBackTo(snapshot, SnapshotReason.FAILED_MIGRATION, (snapshots, copy) -> Optional.empty())
					.orElseThrow()
					.kept() : service.restore(snapshot.file(), true).kept();
				kept.addAll(TestDatabase.query(Objects.requireNonNull(replaced).file(), ROWS));
				Files.delete(replaced.file());
			}
			for (Writer writer : writers) {
				writer.stop();
			}
		}
		finally {
			writers.forEach(Writer::kill);
		}
		Set<String> committed = new HashSet<>();
		writers.forEach((writer) -> committed.addAll(writer.committed));
		Set<String> there = new HashSet<>(TestDatabase.query(database, ROWS));
		Set<String> lost = new HashSet<>(committed);
		lost.removeAll(there);
		int replaced = lost.size();
		lost.removeAll(kept);
		Campaign.tell("%d times %s, %s: of %d commits %d were replaced, and %d of these lost", restores, how,
				journalMode, committed.size(), replaced, lost.size());
		assertThat(lost).as("commits that are nowhere").isEmpty();
		assertThat(replaced).as("commits that are in snapshots alone").isPositive();
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(database)).isEqualToIgnoringCase(journalMode);
	}

	/**
	 * A process that commits row after row, and says which when it knows.
	 */
	static final class Writer {

		private final Process process;

		private final Set<String> committed = ConcurrentHashMap.newKeySet();

		private final Semaphore commits = new Semaphore(0);

		private final Thread listener;

		private Writer(Process process) {
			this.process = process;
			this.listener = new Thread(this::listen);
			this.listener.start();
		}

		static Writer start(String name, Path database) {
			try {
				return new Writer(JavaProcess.start(Writer.class, database.toString(), name));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private void listen() {
			try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
				for (@Nullable
				String line = reader.readLine(); line != null; line = reader.readLine()) {
					this.committed.add(line);
					this.commits.release();
				}
			}
			catch (IOException ex) {
				// Killed, since the test has failed.
			}
			finally {
				// Nobody waits for one that has ended.
				this.commits.release(Integer.MAX_VALUE / 2);
			}
		}

		/**
		 * Wait for one that was made from now on.
		 */
		void awaitCommit() throws InterruptedException {
			this.commits.drainPermits();
			this.commits.acquire(2);
			assertThat(this.process.isAlive()).as("the writer has met no error").isTrue();
		}

		void stop() throws IOException, InterruptedException {
			this.process.getOutputStream().close();
			assertThat(this.process.waitFor()).as("the writer has met no error").isZero();
			this.listener.join();
		}

		void kill() {
			this.process.destroyForcibly().onExit().join();
		}

		public static void main(String[] args) throws Exception {
			AtomicBoolean stop = new AtomicBoolean();
			Thread parent = new Thread(() -> {
				try {
					System.in.read();
				}
				catch (IOException ex) {
					// The other end is gone.
				}
				stop.set(true);
			});
			parent.setDaemon(true);
			parent.start();
			try (Connection connection = TestDatabase.open(Path.of(args[0]));
					PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
				for (int i = 0; !stop.get(); i++) {
					String name = args[1] + "-" + i;
					insert.setString(1, name);
					if (isCommitted(insert)) {
						System.out.print(name + "\n");
						System.out.flush();
					}
				}
			}
		}

		/**
		 * Return whether it is; otherwise it was refused, as it may be while a restore
		 * goes on.
		 */
		private static boolean isCommitted(PreparedStatement insert) throws SQLException {
			try {
				insert.executeUpdate();
				return true;
			}
			catch (SQLException ex) {
				if (ex.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code) {
					return false;
				}
				throw ex;
			}
		}

	}

}
