/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The snapshots of the inventory, as the page shows them. An application with several
 * databases would ask {@link dev.quartermaster.backup.SqliteBackupRegistry
 * SqliteBackupRegistry} instead.
 */
@Component
class SnapshotOverview {

	private static final int MOST_LISTED = 10;

	private static final int MOST_ON_TIMELINE = 100;

	/**
	 * There is none if {@code quartermaster.backup.enabled} is {@code false}.
	 */
	private final ObjectProvider<SqliteBackupService> backups;

	SnapshotOverview(ObjectProvider<SqliteBackupService> backups) {
		this.backups = backups;
	}

	/**
	 * Look at the snapshots.
	 * @param name the name of the one to look at more closely, or {@code null} for the
	 * newest
	 */
	SnapshotsView look(@Nullable String name) {
		SqliteBackupService service = this.backups.getIfAvailable();
		if (service == null) {
			return SnapshotsView.SWITCHED_OFF;
		}
		try {
			List<Snapshot> snapshots = service.list().stream().filter((snapshot) -> !snapshot.live()).toList();
			return snapshots.isEmpty() ? new SnapshotsView(true, null, List.of(), 0, null, null)
					: look(service, snapshots, name);
		}
		catch (BackupException ex) {
			return SnapshotsView.failed(Notice.failed(ex));
		}
	}

	private static SnapshotsView look(SqliteBackupService service, List<Snapshot> snapshots, @Nullable String name) {
		Snapshot chosen = named(snapshots, name).or(() -> snapshots.stream().filter(Snapshot::isCandidate).findFirst())
			.orElse(snapshots.get(0));
		ZonedDateTime now = ZonedDateTime.now();
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			List<SnapshotLine> lines = new ArrayList<>();
			for (Snapshot snapshot : snapshots.subList(0, Math.min(snapshots.size(), MOST_ON_TIMELINE))) {
				lines.add(SnapshotLine.of(snapshot, manifests.of(snapshot).orElse(null), now));
			}
			List<SnapshotLine> listed = new ArrayList<>(lines.subList(0, Math.min(lines.size(), MOST_LISTED)));
			SnapshotManifest manifest = manifests.of(chosen).orElse(null);
			SnapshotLine line = SnapshotLine.of(chosen, manifest, now);
			if (!listed.contains(line)) {
				listed.add(line);
			}
			return new SnapshotsView(true, null, listed, snapshots.size() - listed.size(), Timeline.of(lines, now),
					details(service, chosen, manifest, line));
		}
	}

	private static Optional<Snapshot> named(List<Snapshot> snapshots, @Nullable String name) {
		return snapshots.stream().filter((snapshot) -> snapshot.name().toString().equals(name)).findFirst();
	}

	private static SnapshotDetails details(SqliteBackupService service, Snapshot snapshot,
			@Nullable SnapshotManifest manifest, SnapshotLine line) {
		List<TableLine> tables = List.of();
		Notice failure = null;
		try {
			Map<String, Long> then = (manifest != null && !manifest.rows().isEmpty()) ? manifest.rows()
					: SqliteReader.readSnapshot(snapshot.file(), SqliteReader::countRows);
			tables = TableLine.compare(then, service.read(SqliteReader::countRows));
		}
		catch (BackupException ex) {
			failure = Notice.failed(ex);
		}
		return new SnapshotDetails(line, (manifest != null) ? manifest.schema().version() : null,
				(manifest != null) ? manifest.verification().detail() : null, tables, failure,
				RestoreCommandLine.of(snapshot.file(), service.database(), service.urlParameters()));
	}

}
