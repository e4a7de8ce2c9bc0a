/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotToCopy;
import org.jspecify.annotations.Nullable;

/**
 * The copying of what is pending of one database: what is recorded is read once for all
 * of it.
 */
final class CopyRound {

	private final CopySource source;

	private final CopyPlace place;

	private final CopyLedger ledger;

	private final CopyEntries recorded;

	private final List<Snapshot> pending;

	/**
	 * The last key of each content.
	 */
	private final Map<String, String> keys = new HashMap<>();

	private boolean tidied;

	CopyRound(CopySource source, CopyPlace place, List<Snapshot> pending) {
		this.source = source;
		this.pending = pending;
		this.place = place;
		this.ledger = new CopyLedger(source.backups());
		this.recorded = this.ledger.require();
		this.recorded.copies(place.location())
			.values()
			.forEach((entry) -> this.keys.put(content(entry.sha256(), entry.bytes()), entry.key()));
	}

	private static String content(String sha256, long bytes) {
		return sha256 + " " + bytes;
	}

	Path database() {
		return this.source.backups().database();
	}

	List<Snapshot> pending() {
		return this.pending;
	}

	/**
	 * Copy a snapshot.
	 * @return what was done, or {@code null} if it is gone
	 */
	CopyPlace.@Nullable Copied copy(Snapshot snapshot) {
		Optional<SnapshotToCopy> found = SnapshotToCopy.of(snapshot);
		if (found.isEmpty()) {
			return null;
		}
		if (!this.tidied) {
			this.place.tidy(this.source.folder());
			this.tidied = true;
		}
		SnapshotToCopy toCopy = found.get();
		String location = this.place.location();
		String content = content(toCopy.sha256(), snapshot.size());
		CopyPlace.Copied copied = this.place.copy(toCopy, this.source.folder(), this.keys.get(content),
				(key) -> this.recorded.hasBeenCopied(location, toCopy.name(), key));
		this.ledger.add(CopyEntry.copied(location, toCopy, copied.key()));
		this.keys.put(content, copied.key());
		return copied;
	}

}
