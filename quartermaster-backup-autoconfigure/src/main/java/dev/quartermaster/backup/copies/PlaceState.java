/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.quartermaster.backup.BackupException;
import org.jspecify.annotations.Nullable;

/**
 * The state of a place as far as is known: whether it can be used, and why snapshots of
 * which database could not be copied.
 */
final class PlaceState {

	/**
	 * So long nothing takes that is not stuck: an attempt is one snapshot, or less.
	 */
	private static final Duration STUCK = Duration.ofHours(6);

	private final Map<Path, BackupException> failures = new ConcurrentHashMap<>();

	private volatile @Nullable BackupException unusable;

	private volatile boolean tried;

	private volatile boolean ended;

	private volatile @Nullable Instant begun;

	/**
	 * Nothing more is to be copied, since the application stops. What is being copied
	 * fails then, which is no failure of the place.
	 */
	void end() {
		this.ended = true;
	}

	/**
	 * Copies are made again, since the application starts again.
	 */
	void start() {
		this.ended = false;
	}

	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Something begins that may never come to its end.
	 */
	void begin() {
		this.begun = Instant.now();
	}

	/**
	 * Nothing is at work any more.
	 */
	void rest() {
		this.begun = null;
	}

	void tried(@Nullable BackupException failure) {
		this.unusable = failure;
		this.tried = true;
	}

	boolean isTried() {
		return this.tried;
	}

	boolean isUsable() {
		return this.tried && this.unusable == null && !isStuck();
	}

	private boolean isStuck() {
		Instant since = this.begun;
		return since != null && since.plus(STUCK).isBefore(Instant.now());
	}

	void failed(Path database, BackupException failure) {
		this.failures.put(database, failure);
	}

	void worked(Path database) {
		this.failures.remove(database);
	}

	/**
	 * Return why snapshots of a database are not copied, or {@code null} if nothing is
	 * known to keep them from that.
	 */
	@Nullable String problem(Path database) {
		if (isStuck()) {
			return "What was begun at " + this.begun + " has not come to an end: the place does not answer.";
		}
		BackupException unusable = this.unusable;
		BackupException failure = (unusable != null) ? unusable : this.failures.get(database);
		return (failure != null) ? failure.getMessage() : null;
	}

}
