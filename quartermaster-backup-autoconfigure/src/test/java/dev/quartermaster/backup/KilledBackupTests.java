/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process killed at any moment of taking a snapshot leaves whole snapshots,
 * an untouched database, and nothing that the next backup does not remove.
 */
class KilledBackupTests {

	/**
	 * In the campaign, so large that it is flushed while it is still being copied.
	 */
	private static final int MEGABYTES = Campaign.scale("kill-megabytes", 9);

	private static final int LONGEST_LIFE_MILLIS = 150;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource({ "WAL, false", "WAL, true", "DELETE, false", "DELETE, true" })
	void leavesOnlyWholeSnapshots(String journalMode, boolean written) throws Exception {
		int kills = Campaign.scale("kills", 24) / 4;
		Random random = Campaign.random("%d kills, %s, %s".formatted(kills, journalMode, written ? "written" : "idle"));
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		int midway = 0;
		int published = 0;
		try (LedgerWriter writer = written ? LedgerWriter.start(database) : null) {
			for (int i = 0; i < kills; i++) {
				killOne(database, random);
				midway += BackupDirectory.leftovers(directory()).isEmpty() ? 0 : 1;
				published += assertPublishedAreWhole();
				assertNextBackupCleansUp(database);
				if (writer != null) {
					writer.assertUndisturbed();
				}
				else {
					Ledger.assertWhole(database, MEGABYTES);
				}
			}
			if (writer != null) {
				writer.stop();
			}
		}
		Ledger.assertWhole(database, MEGABYTES);
		assertThat(TestDatabase.query(database, "PRAGMA journal_mode"))
			.containsExactly(journalMode.toLowerCase(Locale.ROOT));
		Campaign.tell("%d of %d kills midway, %d snapshots checked", midway, kills, published);
	}

	private static void killOne(Path database, Random random) throws Exception {
		Process process = JavaProcess.start(Backups.class, database.toString());
		try {
			assertThat(process.getInputStream().read()).as("the process takes backups").isEqualTo('.');
			process.waitFor(
					TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_LIFE_MILLIS)) + random.nextInt(1_000_000),
					TimeUnit.NANOSECONDS);
			assertThat(process.isAlive()).as("backups have not failed before the kill").isTrue();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
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
		BackupResult result = BackupServices.service(database).backupIfChanged("next");
		assertThat(result).isNotInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(BackupDirectory.leftovers(directory())).isEmpty();
	}

	private Path directory() {
		return this.temp.resolve("backups");
	}

	/**
	 * Takes snapshots until it is killed.
	 */
	static final class Backups {

		public static void main(String[] args) {
			SqliteBackupService service = BackupServices.service(Path.of(args[0]));
			service.backup("killed");
			System.out.print('.');
			System.out.flush();
			while (true) {
				service.backup("killed");
			}
		}

	}

}
