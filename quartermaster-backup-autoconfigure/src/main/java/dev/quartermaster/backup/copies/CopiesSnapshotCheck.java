/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.util.List;
import java.util.function.Function;

import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.RestoredSnapshot;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;

import org.springframework.core.io.Resource;

/**
 * The part of a restore drill that reads the copies back: those of the snapshot that was
 * restored or, if it has none yet, of the newest that has. The drill fails if one is not
 * whole, or if there is none at all.
 */
public final class CopiesSnapshotCheck implements SnapshotCheck {

	private final Function<RestoredSnapshot, SqliteBackupService> databases;

	private final CopyCheck copies;

	/**
	 * Create a new instance.
	 * @param databases gives the service of the database that a snapshot is of
	 * @param resources gives the resource at a location
	 */
	public CopiesSnapshotCheck(Function<RestoredSnapshot, SqliteBackupService> databases,
			Function<String, Resource> resources) {
		this.databases = databases;
		this.copies = new CopyCheck(resources);
	}

	@Override
	public void check(RestoredSnapshot restored) {
		SqliteBackupService backups = this.databases.apply(restored);
		List<CopyCheck.Finding> wrong = this.copies.check(backups, copied(backups, restored))
			.stream()
			.filter((finding) -> !finding.whole())
			.toList();
		if (!wrong.isEmpty()) {
			throw new IllegalStateException(String.join("; ",
					wrong.stream().map((copy) -> "the copy " + copy.location() + ": " + copy.detail()).toList()));
		}
	}

	private static String copied(SqliteBackupService backups, RestoredSnapshot restored) {
		CopyEntries ledger = new CopyLedger(backups).read();
		String name = String.valueOf(restored.snapshot().getFileName());
		if (!ledger.copiesOf(name).isEmpty()) {
			return name;
		}
		return backups.list()
			.stream()
			.filter(Snapshot::isCandidate)
			.map((snapshot) -> snapshot.name().toString())
			.filter((other) -> !ledger.copiesOf(other).isEmpty())
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("there is no copy elsewhere"));
	}

}
