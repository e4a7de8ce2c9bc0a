/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.CopyRetention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is seen to of the copies that are at a place: that the newest is still there, and
 * that those go which the retention policy lets go. Used by one thread.
 */
final class CopyUpkeep {

	private static final Logger logger = LoggerFactory.getLogger(CopyUpkeep.class);

	private static final Duration LOOKED_AFTER = Duration.ofDays(1);

	private final CopyPlace place;

	private final boolean retention;

	private final Map<Path, Instant> lookedAfter = new HashMap<>();

	CopyUpkeep(CopyPlaces.Target target) {
		this.place = target.place();
		this.retention = target.retention();
	}

	/**
	 * Warn of a place that dies with the disk of the snapshots.
	 */
	void warnOfSameDisk(List<CopySource> sources) {
		if (this.place instanceof FilePlace files) {
			sources.stream()
				.map((source) -> source.backups().directory())
				.filter(files.directory()::isOnDiskOf)
				.findFirst()
				.ifPresent((snapshots) -> logger.warn("The place {} for copies is on the same disk as the snapshots in"
						+ " {}, and does not outlive that disk. Choose one on another disk or machine; or mount it, if"
						+ " one should be there.", ObjectFailures.display(this.place.location()), snapshots));
		}
	}

	/**
	 * See, when the application starts and once a day, whether the newest copy is still
	 * there. A rule of a bucket that removes what is old does not know that a database
	 * which never changes has no newer copy.
	 */
	void lookAfter(CopySource source) {
		Instant now = Instant.now();
		Instant last = this.lookedAfter.get(source.backups().database());
		if (last != null && last.plus(LOOKED_AFTER).isAfter(now)) {
			return;
		}
		CopyLedger ledger = new CopyLedger(source.backups());
		ledger.tidy(source.backups().list());
		Map<String, CopyEntry> copies = ledger.require().copies(this.place.location());
		source.backups()
			.list()
			.stream()
			.map((snapshot) -> copies.get(snapshot.name().toString()))
			.filter(Objects::nonNull)
			.findFirst()
			.filter((entry) -> !this.place.has(entry.key(), entry.bytes(), entry.sha256()))
			.ifPresent((gone) -> {
				logger.warn(
						"The copy of the snapshot {} at {} is not there any more, or not whole. It is copied again."
								+ " Something removes or changes copies there: see that it does not.",
						gone.name(), ObjectFailures.display(this.place.location()));
				// The same content is there once, whatever number of snapshots it is.
				copies.values()
					.stream()
					.filter((entry) -> entry.key().equals(gone.key()) || entry.sha256().equals(gone.sha256()))
					.forEach((entry) -> ledger.add(entry.now(CopyEntry.Kind.GONE)));
			});
		this.lookedAfter.put(source.backups().database(), now);
	}

	/**
	 * Remove the copies that the retention policy lets go, if the newest snapshot that
	 * has one is sound.
	 */
	void removeOld(CopySource source) {
		CopyLedger ledger = new CopyLedger(source.backups());
		Map<String, CopyEntry> copies = ledger.require().copies(this.place.location());
		if (!this.retention || !(this.place instanceof FilePlace files) || !isNewestSound(source, copies)) {
			return;
		}
		CopyRetention.removeFrom(source.backups(), files.directory().path().resolve(source.folder()), (name) -> {
			CopyEntry removed = copies.get(name);
			if (removed != null) {
				ledger.add(removed.now(CopyEntry.Kind.REMOVED));
			}
		});
	}

	private static boolean isNewestSound(CopySource source, Map<String, CopyEntry> copies) {
		return source.backups()
			.newest()
			.map((newest) -> copies.get(newest.name().toString()))
			.filter((copy) -> copy.outcome().equals("sound"))
			.isPresent();
	}

}
