/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a database is what it was or what was asked for, whole, when whoever
 * restores it is killed at any moment.
 */
@Tag("process")
class KilledRestoreTests {

	private static final String FINGERPRINT = "SELECT count(*) || '/' || sum(id) || '/' || sum(length(name)) FROM item";

	private static final int MOST_NANOS_OF_WRITING = 10_000_000;

	/**
	 * How many there may be besides, ever sooner, as long as none has hit the middle.
	 */
	private static final int MORE_KILLS = 12;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(Before.class)
	void leavesDatabaseWhole(Before before) throws Exception {
		int kills = Math.max(2, Campaign.scale("restore-kills", 14) / Before.values().length);
		Random random = Campaign.random("%d killed restores, %s".formatted(kills, before));
		Path original = before.make(this.temp.resolve("original.db"));
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 120_000);
		String restored = fingerprint(snapshot);
		Figures figures = new Figures();
		double span = 0;
		for (int kill = 1; kill <= kills || (figures.inTheMiddle == 0 && kill <= kills + MORE_KILLS); kill++) {
			Path directory = Files.createDirectory(this.temp.resolve("kill-" + kill));
			Path database = before.copy(original, directory);
			String what = before + ", kill " + kill;
			try (Connection application = before.open(database)) {
				assertThat(application.isClosed()).isFalse();
				boolean aimed = kill % 2 == 1 || kill > kills;
				long more = random.nextInt(MOST_NANOS_OF_WRITING >> Math.max(0, kill - kills));
				Moment moment = aimed ? whileItWrites(directory, more) : after((long) (random.nextDouble() * span));
				boolean ended = restoreAndKill(database, snapshot, moment);
				if (!aimed) {
					// So that most kills hit the restore, however fast the machine is.
					span *= ended ? 0.85 : 1.1;
				}
				figures.count(ended, directory);
				figures.restored += assertWhole(what, before, original, database, restored) ? 1 : 0;
			}
			long start = System.nanoTime();
			assertCanBeRestoredAgain(what, database, snapshot, restored);
			if (kill == 1) {
				span = System.nanoTime() - start;
			}
			delete(directory);
		}
		assertThat(figures.inTheMiddle).as("kills in the middle of writing: %s", figures).isPositive();
		Campaign.tell("%d killed restores, %s: %s", kills, before, figures);
	}

	private static boolean restoreAndKill(Path database, Path snapshot, Moment moment) throws Exception {
		Process process = JavaProcess.start(Restoring.class, database.toString(), snapshot.toString());
		try {
			Restoring.awaitReady(process);
			return moment.await(process);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	private static Moment after(long nanos) {
		return (process) -> process.waitFor(nanos, TimeUnit.NANOSECONDS);
	}

	private static Moment whileItWrites(Path directory, long more) {
		return (process) -> {
			while (process.isAlive() && !isBeingWrittenTo(directory)) {
				Thread.onSpinWait();
			}
			return process.waitFor(more, TimeUnit.NANOSECONDS);
		};
	}

	private static boolean isBeingWrittenTo(Path directory) {
		return BackupDirectory.regularFiles(directory)
			.stream()
			.anyMatch((file) -> file.getFileName().toString().startsWith(".")
					|| (file.toString().matches(".*-(wal|journal)") && file.toFile().length() > 0));
	}

	/**
	 * Check that it is whole.
	 * @return whether it is what was asked for
	 */
	private static boolean assertWhole(String what, Before before, Path original, Path database, String restored) {
		switch (before) {
			case MISSING -> {
				if (!Files.exists(database)) {
					return false;
				}
			}
			case DAMAGED, NO_DATABASE -> {
				String damaged = Restoring.content(original);
				boolean stillThere = Restoring.content(database).equals(damaged);
				if (stillThere) {
					return false;
				}
				assertThat(Restoring.contents(database.resolveSibling(""))).as(what).containsValue(damaged);
			}
			default -> {
				assertThat(TestDatabase.check(database)).as(what).containsExactly("ok");
				String found = fingerprint(database);
				assertThat(found).as(what).isIn(fingerprint(original), restored);
				return found.equals(restored);
			}
		}
		assertThat(TestDatabase.check(database)).as(what).containsExactly("ok");
		assertThat(fingerprint(database)).as(what).isEqualTo(restored);
		return true;
	}

	private static void assertCanBeRestoredAgain(String what, Path database, Path snapshot, String restored) {
		BackupServices.service(database).restore(snapshot, false);
		assertThat(TestDatabase.check(database)).as(what).containsExactly("ok");
		assertThat(fingerprint(database)).as(what).isEqualTo(restored);
		assertThat(BackupDirectory.regularFiles(database.resolveSibling(""))).as(what)
			.noneMatch((file) -> file.getFileName().toString().startsWith("."));
		assertThat(BackupDirectory.regularFiles(database.resolveSibling("backups"))).as(what)
			.noneMatch((file) -> file.getFileName().toString().startsWith("."));
	}

	private static String fingerprint(Path database) {
		return TestDatabase.query(database, FINGERPRINT).get(0);
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
	}

	/**
	 * What a restore finds.
	 */
	enum Before {

		WAL, WAL_OPEN_ELSEWHERE, WAL_WITH_OTHER_PAGE_SIZE, ROLLBACK_JOURNAL, DAMAGED, NO_DATABASE, MISSING;

		Path make(Path file) throws IOException {
			switch (this) {
				case WAL, WAL_OPEN_ELSEWHERE -> TestDatabase.create(file, 100_000, "journal_mode = WAL");
				case WAL_WITH_OTHER_PAGE_SIZE ->
					TestDatabase.create(file, 100_000, "page_size = 1024", "journal_mode = WAL");
				case ROLLBACK_JOURNAL -> TestDatabase.create(file, 100_000);
				case DAMAGED -> TestDatabase.overwrite(TestDatabase.create(file, 100_000), 4096, (byte) 99, (byte) 99,
						(byte) 99, (byte) 99);
				case NO_DATABASE -> Files.writeString(file, "Dear diary, ".repeat(300_000));
				default -> {
				}
			}
			return file;
		}

		/**
		 * Put it where it is to be restored.
		 */
		Path copy(Path original, Path directory) throws IOException {
			Path database = directory.resolve("app.db");
			return (this != MISSING) ? Files.copy(original, database) : database;
		}

		/**
		 * Return a connection of somebody who goes on using the database, if there is to
		 * be one, or else one that has nothing to do with it.
		 */
		Connection open(Path database) throws SQLException {
			if (this != WAL_OPEN_ELSEWHERE) {
				return DriverManager.getConnection("jdbc:sqlite::memory:");
			}
			Connection connection = TestDatabase.open(database);
			assertThat(Restoring.hold(connection)).isPositive();
			return connection;
		}

	}

	/**
	 * When to kill a process.
	 */
	private interface Moment {

		/**
		 * Wait for it.
		 * @return whether the process has ended before
		 */
		boolean await(Process process) throws InterruptedException;

	}

	/**
	 * How the kills hit.
	 */
	private static final class Figures {

		private int ended;

		private int inTheMiddle;

		private int restored;

		void count(boolean ended, Path directory) {
			this.ended += ended ? 1 : 0;
			this.inTheMiddle += (isBeingWrittenTo(directory) && !ended) ? 1 : 0;
		}

		@Override
		public String toString() {
			return this.inTheMiddle + " in the middle of writing, " + this.ended + " too late; " + this.restored
					+ " times it was what was asked for";
		}

	}

}
