/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.SettableClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process killed at any moment of removing snapshots leaves all that are to
 * stay.
 */
@Tag("process")
class KilledPruningTests {

	private static final int SNAPSHOTS = Campaign.scale("pruned", 120);

	private static final int KEPT = 5;

	private static final LocalDateTime NEWEST = LocalDateTime.of(2026, 4, 17, 11, 57, 19);

	@TempDir
	private Path temp;

	@Test
	void leavesAllThatAreToStay() throws Exception {
		int kills = Campaign.scale("prune-kills", 3);
		Random random = Campaign.random(kills + " kills");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 100);
		BackupServices.backup(BackupServices.service(database), "model");
		Path taken = BackupDirectory.published(directory()).get(0);
		Path manifest = Files.move(SnapshotName.manifestOf(taken), this.temp.resolve("model.json"));
		Path model = Files.move(taken, this.temp.resolve("model.db"));
		for (int kill = 0; kill < kills; kill++) {
			fill(model, manifest);
			int before = BackupDirectory.published(directory()).size();
			Process process = JavaProcess.start(Pruner.class, database.toString());
			assertThat(process.getInputStream().read()).isEqualTo('.');
			int moment = before - random.nextInt(before - KEPT);
			while (process.isAlive() && BackupDirectory.published(directory()).size() >= moment) {
				Thread.onSpinWait();
			}
			process.destroyForcibly().waitFor();
			List<Path> left = BackupDirectory.published(directory());
			assertThat(left).endsWith(promised());
			assertThat(left.size()).isLessThanOrEqualTo(before);
			for (Path manifestOfNone : BackupDirectory.everything(directory())) {
				assertThat(manifestOfNone.toString())
					.matches(".*(\\.db|\\.db\\.json|\\.owner|\\.installation|\\.lock|\\.partial|\\.new)");
			}
			Campaign.tell("%d of %d snapshots were left", left.size(), before);
		}
		Process process = JavaProcess.start(Pruner.class, database.toString());
		assertThat(process.getInputStream().readAllBytes()).isEqualTo(new byte[] { '.', '.' });
		assertThat(process.waitFor()).isZero();
		assertThat(BackupDirectory.published(directory())).containsExactly(promised());
	}

	/**
	 * One a day, and the oldest without a manifest.
	 */
	private void fill(Path model, Path manifest) throws IOException {
		for (int day = 1; day < SNAPSHOTS; day++) {
			Path file = file(day);
			if (Files.notExists(file)) {
				Files.copy(model, file);
				if (day < SNAPSHOTS / 2) {
					Files.copy(manifest, SnapshotName.manifestOf(file), StandardCopyOption.REPLACE_EXISTING);
				}
			}
		}
	}

	private Path[] promised() {
		Path[] promised = new Path[KEPT];
		for (int i = 0; i < KEPT; i++) {
			promised[KEPT - 1 - i] = file(i + 1);
		}
		return promised;
	}

	private Path file(int day) {
		return directory()
			.resolve(SnapshotName.of("app", NEWEST.minusDays(day), new SnapshotReason("flyway")).toString());
	}

	private Path directory() {
		return this.temp.resolve("backups");
	}

	/**
	 * Removes what may go, as often as it is asked to.
	 */
	static final class Pruner {

		public static void main(String[] args) {
			BackupSettings settings = BackupServices.settings()
				.withRetention(new RetentionPolicy(new Limits(KEPT, null, null, null), Map.of(), null, 3, 3));
			BackupContext context = BackupContext.of(SqliteDatabase.of(Path.of(args[0])), settings, BackupListener.NONE)
				.withClock(new SettableClock(NEWEST.toInstant(ZoneOffset.UTC)));
			SnapshotRetention retention = new SnapshotRetention(context);
			System.out.print('.');
			System.out.flush();
			retention.run(Deadline.NEVER);
			System.out.print('.');
			System.out.flush();
		}

	}

}
