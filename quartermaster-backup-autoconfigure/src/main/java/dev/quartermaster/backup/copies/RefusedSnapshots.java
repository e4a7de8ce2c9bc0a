/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RefusedCopyException;
import dev.quartermaster.backup.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that a place does not get, although it could be used: they are sent again
 * when their file is another one, or once a day. So a damaged one is not sent for ever,
 * and keeps nothing else from being done.
 */
final class RefusedSnapshots {

	private static final Logger logger = LoggerFactory.getLogger(RefusedSnapshots.class);

	private static final Duration AGAIN = Duration.ofDays(1);

	private static final int ATTEMPTS = 3;

	private final Map<Path, Refusal> refusals = new ConcurrentHashMap<>();

	/**
	 * Return why a snapshot is not to be sent now, or empty if it is.
	 */
	Optional<BackupException> of(Snapshot snapshot) {
		return Optional.ofNullable(this.refusals.get(snapshot.file()))
			.filter((refusal) -> refusal.isLasting() && refusal.at().plus(AGAIN).isAfter(Instant.now())
					&& refusal.stamp().equals(stamp(snapshot)))
			.map(Refusal::failure);
	}

	/**
	 * Remember that a snapshot could not be copied, which was not because of the place.
	 * @return whether it is not to be sent for a while
	 */
	boolean add(Snapshot snapshot, BackupException failure) {
		Refusal earlier = this.refusals.get(snapshot.file());
		Refusal refusal = new Refusal(stamp(snapshot), (earlier != null) ? earlier.attempts() + 1 : 1, Instant.now(),
				failure);
		this.refusals.put(snapshot.file(), refusal);
		return refusal.isLasting();
	}

	void remove(Snapshot snapshot) {
		this.refusals.remove(snapshot.file());
	}

	private static String stamp(Snapshot snapshot) {
		try {
			BasicFileAttributes file = Files.readAttributes(snapshot.file(), BasicFileAttributes.class);
			return file.size() + " " + file.lastModifiedTime();
		}
		catch (NoSuchFileException ex) {
			return "gone";
		}
		catch (IOException ex) {
			logger.debug("{} cannot be looked at", snapshot.file(), ex);
			return "unknown";
		}
	}

	private record Refusal(String stamp, int attempts, Instant at, BackupException failure) {

		boolean isLasting() {
			return this.failure instanceof RefusedCopyException || this.attempts >= ATTEMPTS;
		}

	}

}
