/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotFigures;
import dev.quartermaster.backup.SnapshotPruning;
import dev.quartermaster.backup.SqliteBackupService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The growth of what the snapshots of a database take on their volume, which nothing ends
 * unless somebody says what may go.
 */
final class SnapshotGrowth {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotGrowth.class);

	/**
	 * How many times the size of the database is much.
	 */
	private static final int MUCH = 20;

	/**
	 * How many times the size of the database may be left by what is recommended.
	 */
	private static final int ENOUGH = 10;

	/**
	 * Which part of the volume is much.
	 */
	private static final int PART_OF_VOLUME = 10;

	/**
	 * The time in which the volume must not be full, and which tells how fast that goes.
	 */
	private static final Duration SOON = Duration.ofDays(30);

	/**
	 * What there is in a few days tells nothing about many.
	 */
	private static final Duration LEAST_TIME = Duration.ofDays(7);

	private final Clock clock;

	private final Volumes volumes;

	/**
	 * Create a new instance.
	 * @param clock tells which snapshots are recent
	 * @param volumes tells how much room there is
	 */
	SnapshotGrowth(Clock clock, Volumes volumes) {
		this.clock = clock;
		this.volumes = volumes;
	}

	/**
	 * Warn if the snapshots of a database take too much, or are going to, and nobody has
	 * said which of them may go; or if what somebody said does not keep the volume from
	 * being full soon.
	 * @param database the database
	 * @throws IOException if it cannot be determined
	 */
	void check(SqliteBackupService database) throws IOException {
		List<Snapshot> snapshots = database.list().stream().filter((snapshot) -> !snapshot.live()).toList();
		if (snapshots.isEmpty()) {
			return;
		}
		long size = Files.readAttributes(database.database(), BasicFileAttributes.class).size();
		Volume volume = this.volumes.of(database.directory());
		if (new SnapshotPruning(database).isConfigured()) {
			checkPolicy(database, snapshots, size, volume);
		}
		else {
			check(database, snapshots, size, volume);
		}
	}

	private void check(SqliteBackupService database, List<Snapshot> snapshots, long size, Volume volume) {
		long bytes = SnapshotFigures.bytes(snapshots);
		List<String> reasons = new ArrayList<>();
		if (size > 0 && bytes / MUCH >= size && bytes > MUCH * size) {
			reasons.add(bytes / size + " times the size of the database");
		}
		if (volume.total() > 0 && bytes > volume.total() / PART_OF_VOLUME) {
			reasons.add("%d %% of the volume".formatted(Math.round(100.0 * bytes / volume.total())));
		}
		long days = daysUntilFull(bytesPerDay(snapshots), volume);
		if (days < SOON.toDays()) {
			reasons.add("at this rate the volume is full in " + Count.of(days, "day"));
		}
		if (!reasons.isEmpty()) {
			logger.warn("""
					The snapshots of {} take {}: {}, {}. They are in {}, and none of them is ever removed. To remove \
					old ones, always keeping the newest and those from before the last changes of the schema, add to \
					the configuration:
					    quartermaster.backup.retention.thin=true
					    quartermaster.backup.retention.max-age=365d
					    quartermaster.backup.retention.max-total-size={}
					To see what that would remove, run the command prune --dry-run.""", database.database(),
					Bytes.format(bytes), Count.of(snapshots.size(), "file"), String.join(", ", reasons),
					database.directory(), recommended(size, volume));
		}
	}

	/**
	 * However much there is, somebody wants it. But a policy that begins to remove
	 * anything when the volume is full already is none that anybody wants.
	 */
	private void checkPolicy(SqliteBackupService database, List<Snapshot> snapshots, long size, Volume volume) {
		double bytesPerDay = bytesPerDay(snapshots);
		long days = daysUntilFull(bytesPerDay, volume);
		long largest = snapshots.stream().mapToLong(Snapshot::size).max().orElse(0);
		long bytes = SnapshotFigures.bytes(snapshots);
		if (days < SOON.toDays()
				&& new SnapshotPruning(database).mostBytes(largest, bytesPerDay) > (double) bytes + volume.usable()) {
			logger.warn("""
					The snapshots of {} take {}: {}. At this rate the volume of {} is full in {}, although there is a \
					retention policy: it lets them take more than there is room for. To hold them, change the \
					configuration to:
					    quartermaster.backup.retention.max-total-size={}
					To see what that would remove, run the command prune --dry-run.""", database.database(),
					Bytes.format(bytes), Count.of(snapshots.size(), "file"), database.directory(),
					Count.of(days, "day"), recommended(size, volume));
		}
	}

	/**
	 * Return how much was added a day lately.
	 */
	private double bytesPerDay(List<Snapshot> newestFirst) {
		Instant now = this.clock.instant();
		List<Snapshot> recent = newestFirst.stream()
			.filter((snapshot) -> ageOf(snapshot, now).compareTo(SOON) < 0)
			.toList();
		if (recent.isEmpty()) {
			return 0;
		}
		Duration time = ageOf(recent.get(recent.size() - 1), now);
		if (time.compareTo(LEAST_TIME) < 0) {
			time = LEAST_TIME;
		}
		return SnapshotFigures.bytes(recent) / (time.toSeconds() / (double) Duration.ofDays(1).toSeconds());
	}

	/**
	 * Return for how many days there is room.
	 */
	private static long daysUntilFull(double bytesPerDay, Volume volume) {
		return (volume.total() > 0 && bytesPerDay > 0) ? (long) (volume.usable() / bytesPerDay) : Long.MAX_VALUE;
	}

	private static Duration ageOf(Snapshot snapshot, Instant now) {
		return Duration.between(snapshot.takenAt().toInstant(), now);
	}

	/**
	 * Return a size with which there is nothing more to warn of, as a property has it.
	 */
	private static String recommended(long size, Volume volume) {
		long bytes = ENOUGH * Math.max(size, 1024);
		if (volume.total() > 0) {
			bytes = Math.min(bytes, volume.total() / (2 * PART_OF_VOLUME));
		}
		long kilobytes = Math.max(bytes / 1024, 1);
		return (kilobytes >= 10 * 1024) ? kilobytes / 1024 + "MB" : kilobytes + "KB";
	}

	/**
	 * The room on a volume.
	 *
	 * @param total how many bytes it has, or 0 if the file system does not tell
	 * @param usable how many of them are free
	 */
	record Volume(long total, long usable) {

		static Volume of(Path directory) throws IOException {
			FileStore store = Files.getFileStore(directory);
			return new Volume(store.getTotalSpace(), store.getUsableSpace());
		}

	}

	/**
	 * Tells the room on the volume of a directory.
	 */
	@FunctionalInterface
	interface Volumes {

		Volume of(Path directory) throws IOException;

	}

}
