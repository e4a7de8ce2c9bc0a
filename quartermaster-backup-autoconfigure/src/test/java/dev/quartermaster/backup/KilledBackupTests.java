/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.LedgerWriter;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process killed at any moment of taking a snapshot leaves whole snapshots,
 * an untouched database, and nothing that the next backup does not remove.
 */
@Tag("process")
class KilledBackupTests {

	/**
	 * In the campaign, so large that it is flushed while it is still being copied.
	 */
	private static final int MEGABYTES = Campaign.scale("kill-megabytes", 9);

	/**
	 * How many there may be besides, as long as none has hit a copy that is being made.
	 */
	private static final int MORE_KILLS = 12;

	@TempDir
	private Path temp;

	/**
	 * How long the last first backup of a process took that was not killed during it.
	 */
	private long span;

	@ParameterizedTest
	@CsvSource({ "WAL, false", "WAL, true", "DELETE, false", "DELETE, true" })
	void leavesOnlyWholeSnapshots(String journalMode, boolean written) throws Exception {
		int kills = Campaign.scale("kills", 12) / 4;
		Random random = Campaign.random("%d kills, %s, %s".formatted(kills, journalMode, written ? "written" : "idle"));
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path original = Files.copy(database, this.temp.resolve("original"));
		Files.createDirectory(other().getParent());
		TestDatabase.create(other(), 1);
		Map<Stage, Integer> stages = new EnumMap<>(Stage.class);
		int published = 0;
		try (LedgerWriter writer = written ? LedgerWriter.start(database) : null) {
			for (int i = 0; i < kills || (i < kills + MORE_KILLS && !stages.containsKey(Stage.INCOMPLETE)); i++) {
				// Not the first, which tells how long a backup takes.
				boolean inNewDirectory = i % 4 == 1;
				boolean aimed = i == 2 || i >= kills;
				double fraction = random.nextDouble();
				Moment moment = aimed ? this::whileItCopies
						: (process) -> process.waitFor((long) (fraction * this.span), TimeUnit.NANOSECONDS);
				stages.merge(killOne(database, inNewDirectory, moment), 1, Integer::sum);
				if (writer == null) {
					assertUntouched(database, original);
				}
				published += assertPublishedAreWhole();
				assertNextBackupCleansUp(database);
				if (writer != null) {
					writer.assertUndisturbed();
				}
				else {
					assertUntouched(database, original);
				}
			}
			if (writer != null) {
				writer.stop();
			}
		}
		Ledger.assertWhole(database, MEGABYTES);
		assertThat(TestDatabase.query(database, "PRAGMA journal_mode"))
			.containsExactly(journalMode.toLowerCase(Locale.ROOT));
		assertThat(stages).as("how far backups had come").containsKey(Stage.INCOMPLETE);
		Campaign.tell("%d kills, %s, %d snapshots checked", kills, stages, published);
	}

	/**
	 * Kill a process at a moment of its first backup, or of a later one.
	 */
	private Stage killOne(Path database, boolean inNewDirectory, Moment moment) throws Exception {
		if (inNewDirectory) {
			BackupDirectory.remove(directory());
		}
		int before = BackupDirectory.published(directory()).size();
		int finished = 0;
		Process process = JavaProcess.start(Backups.class, database.toString(), other().toString());
		try {
			awaitNext(process);
			if (!inNewDirectory) {
				long start = System.nanoTime();
				awaitNext(process);
				this.span = System.nanoTime() - start;
				finished++;
			}
			moment.await(process);
			assertThat(process.isAlive()).as("backups have not failed before the kill").isTrue();
		}
		finally {
			// By its handle, since its own method would also close what it has said.
			process.toHandle().destroyForcibly();
			process.waitFor();
		}
		finished += process.getInputStream().readAllBytes().length;
		int named = BackupDirectory.published(directory()).size() - before;
		assertThat(named).as("snapshots of %d finished backups", finished).isBetween(finished, finished + 1);
		return Stage.of(BackupDirectory.leftovers(directory()), named > finished);
	}

	private void whileItCopies(Process process) {
		while (process.isAlive() && Stage.of(BackupDirectory.leftovers(directory()), false) != Stage.INCOMPLETE) {
			Thread.onSpinWait();
		}
	}

	private static void awaitNext(Process process) throws IOException {
		assertThat(process.getInputStream().read()).as("the process takes backups").isEqualTo('.');
	}

	/**
	 * Compare a database that nobody has open.
	 */
	private static void assertUntouched(Path database, Path original) throws IOException {
		assertThat(Files.mismatch(database, original)).as("first byte that differs").isEqualTo(-1);
		assertThat(database.resolveSibling("app.db-journal")).doesNotExist();
		assertThat(database.resolveSibling("app.db-wal").toFile().length()).as("bytes in the WAL").isZero();
	}

	/**
	 * Look at each file once, however many names it has, and keep one.
	 */
	private int assertPublishedAreWhole() throws IOException {
		List<Path> published = BackupDirectory.published(directory());
		Set<Object> seen = new HashSet<>();
		for (Path snapshot : published) {
			assertThat(SnapshotName.parse("app", snapshot.getFileName().toString())).isPresent();
			@Nullable Object key = Files.readAttributes(snapshot, BasicFileAttributes.class).fileKey();
			if (seen.add((key != null) ? key : snapshot)) {
				Ledger.assertWhole(snapshot, MEGABYTES);
			}
		}
		for (Path snapshot : published.subList(0, Math.max(published.size() - 1, 0))) {
			Files.delete(snapshot);
		}
		return published.size();
	}

	private void assertNextBackupCleansUp(Path database) {
		BackupResult result = BackupServices.service(database).backupIfChanged(SnapshotReason.of("next"));
		assertThat(result).isNotInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(BackupDirectory.leftovers(directory())).isEmpty();
	}

	private Path directory() {
		return this.temp.resolve("backups");
	}

	private Path other() {
		return this.temp.resolve("other").resolve("other.db");
	}

	/**
	 * Takes snapshots until it is killed, and says so before the first and after each.
	 */
	static final class Backups {

		public static void main(String[] args) {
			// Loads what takes long, so that kills hit what they are meant for.
			BackupServices.service(Path.of(args[1])).backupIfChanged(SnapshotReason.of("other"));
			SqliteBackupService service = BackupServices.service(Path.of(args[0]));
			System.out.print('.');
			// Not for ever, should the tests be killed themselves.
			while (!System.out.checkError()) {
				service.backup("killed");
				System.out.print('.');
			}
		}

	}

	/**
	 * When to kill a process.
	 */
	private interface Moment {

		void await(Process process) throws InterruptedException;

	}

	/**
	 * How far a backup had come, as far as what it left shows.
	 */
	private enum Stage {

		NOTHING_LEFT, LOCK_ONLY, INCOMPLETE, COMPLETE, NAMED;

		/**
		 * More than what the copy is before SQLite begins to write it.
		 */
		private static final long HEADER_BYTES = 100;

		static Stage of(List<Path> leftovers, boolean named) {
			if (leftovers.isEmpty()) {
				return NOTHING_LEFT;
			}
			if (named) {
				return NAMED;
			}
			Stage stage = LOCK_ONLY;
			for (Path file : leftovers) {
				if (file.toString().endsWith("-journal")) {
					return INCOMPLETE;
				}
				if (file.toString().endsWith(".partial")) {
					stage = (file.toFile().length() > HEADER_BYTES) ? COMPLETE : INCOMPLETE;
				}
			}
			return stage;
		}

	}

}
