/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with as many snapshots as years of starts leave: of those, a backup looks at the
 * newest only, and whoever needs all looks at each once. They are names of one file.
 */
class ManySnapshotsTests {

	private static final int MANY = Campaign.scale("many-snapshots", 4_000);

	/**
	 * As many as can be traced in a short time.
	 */
	private static final int TRACED = 2_000;

	@TempDir
	private Path temp;

	@Test
	void areListedNewestFirstWithTheirManifests() throws IOException {
		SqliteBackupService service = BackupServices.service(create(MANY));
		List<Snapshot> snapshots = service.list();
		assertThat(snapshots).hasSize(MANY).isSortedAccordingTo(Comparator.comparing(Snapshot::name).reversed());
		assertThat(ManifestReading.summaries(snapshots)).hasSize(MANY);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(service.newest()).contains(snapshots.get(0));
	}

	@Test
	@Tag("process")
	void areNotLookedAtMoreOftenThanNeeded() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path trace = this.temp.resolve("trace");
		Process process = JavaProcess.startTracedInOne(trace, "?open,openat,?stat,?lstat,newfstatat,?statx,getdents64",
				ListAndBackUp.class, create(TRACED).toString());
		assertThat(process.getInputStream().readAllBytes()).isEmpty();
		assertThat(process.waitFor()).isZero();
		List<String> backup = calls(trace, Phase.BACKUP);
		assertThat(backup.stream().filter(ManySnapshotsTests::endsReadingDirectory)).hasSizeBetween(1, 5);
		assertThat(backup.stream().filter((call) -> call.contains("-flyway.db"))).hasSizeLessThan(20);
		List<String> list = calls(trace, Phase.LIST);
		assertThat(list.stream().filter(ManySnapshotsTests::endsReadingDirectory)).hasSize(1);
		assertThat(list.stream().filter(opens("-flyway.db.json\""))).hasSize(TRACED - 1);
		assertThat(list.stream().filter(looksAt("-flyway.db\""))).hasSize(TRACED - 1);
		List<String> retention = calls(trace, Phase.RETENTION);
		assertThat(retention.stream().filter(ManySnapshotsTests::endsReadingDirectory)).hasSize(1);
		assertThat(retention.stream().filter(opens("-flyway.db.json\""))).hasSize(TRACED - 1);
		assertThat(retention.stream().filter((call) -> call.contains("-flyway.db\""))).hasSizeBetween(2 * TRACED - 2,
				2 * TRACED + 100);
	}

	private Path create(int snapshots) throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		Path model = BackupServices.backup(BackupServices.service(database), "x").snapshot().file();
		LocalDateTime newest = LocalDateTime.now(ZoneOffset.UTC).minusHours(1);
		for (int i = 1; i < snapshots; i++) {
			Path file = model
				.resolveSibling(SnapshotName.of("app", newest.minusMinutes(i), SnapshotReason.FLYWAY).toString());
			Files.createLink(file, model);
			Files.createLink(SnapshotName.manifestOf(file), SnapshotName.manifestOf(model));
		}
		return database;
	}

	private static List<String> calls(Path trace, Phase phase) throws IOException {
		try (Stream<String> lines = Files.lines(trace)) {
			return lines.dropWhile((line) -> !line.contains("/" + phase))
				.takeWhile((line) -> !line.contains("/" + Phase.values()[phase.ordinal() + 1]))
				.toList();
		}
	}

	private static boolean endsReadingDirectory(String call) {
		return call.contains("getdents64") && call.endsWith(" = 0");
	}

	private static Predicate<String> opens(String file) {
		return (call) -> call.contains("open") && call.contains(file);
	}

	private static Predicate<String> looksAt(String file) {
		return (call) -> call.contains("stat") && call.contains(file);
	}

	/**
	 * What is done, and seen in a trace.
	 */
	enum Phase {

		START, BACKUP, LIST, RETENTION, END;

		void begin(Path database) throws IOException {
			FileState.of(database.resolveSibling(toString()));
		}

	}

	/**
	 * Takes a snapshot, lists all, and removes some.
	 */
	static final class ListAndBackUp {

		public static void main(String[] args) throws IOException {
			Path database = Path.of(args[0]);
			SqliteBackupService service = BackupServices.service(database);
			TestDatabase.execute(database, "DELETE FROM item");
			Phase.BACKUP.begin(database);
			service.backupIfChanged(SnapshotReason.SCHEDULE);
			service.newest();
			Phase.LIST.begin(database);
			ManifestReading.summaries(service.list());
			Phase.RETENTION.begin(database);
			BackupSettings settings = BackupServices.settings()
				.withRetention(new RetentionPolicy(new Limits(TRACED - 10, null, null, null), Map.of(), null, 3, 3));
			new SnapshotRetention(BackupContext.of(SqliteDatabase.of(database), settings, BackupListener.NONE))
				.run(Deadline.NEVER);
			Phase.END.begin(database);
		}

	}

}
