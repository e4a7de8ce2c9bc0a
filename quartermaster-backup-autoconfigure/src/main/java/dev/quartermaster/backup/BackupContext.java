/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The things that the backups and restores of one database have in common.
 *
 * @param database where the database is
 * @param settings how its snapshots are taken
 * @param report says what comes of it
 * @param directories gives the directory for the snapshots of a file, where somebody
 * decides about it who knows the other databases; asked when there is something to put
 * there or to look for, and not before
 * @param clock tells the time of the names
 */
record BackupContext(SqliteDatabase database, BackupSettings settings, BackupReport report,
		@Nullable UnaryOperator<Path> directories, Clock clock) {

	static BackupContext of(SqliteDatabase database, BackupSettings settings, BackupListener listener) {
		return new BackupContext(database, settings, new BackupReport(listener), null, Clock.systemUTC());
	}

	BackupContext withDatabase(SqliteDatabase database) {
		return new BackupContext(database, this.settings, this.report, this.directories, this.clock);
	}

	BackupContext withDirectories(UnaryOperator<Path> directories) {
		return new BackupContext(this.database, this.settings, this.report, directories, this.clock);
	}

	BackupContext withListener(BackupListener listener) {
		return new BackupContext(this.database, this.settings, new BackupReport(listener), this.directories,
				this.clock);
	}

	BackupContext withSettings(BackupSettings settings) {
		return new BackupContext(this.database, settings, this.report, this.directories, this.clock);
	}

	BackupContext withClock(Clock clock) {
		return new BackupContext(this.database, this.settings, this.report, this.directories, clock);
	}

	/**
	 * Return the database. No connection of its data source is asked for if that can be
	 * helped: the caller may be using the last one of the pool.
	 * @throws UnsupportedDatabaseException if it is not SQLite or has no file
	 */
	LiveDatabase live() {
		try {
			LiveDatabase shown = this.database.liveWithoutConnection();
			if (shown != null) {
				return shown;
			}
		}
		catch (UnsupportedDatabaseException ex) {
			// A connection tells better what it is.
		}
		return this.database.live();
	}

	/**
	 * Return the directory with the snapshots of a file.
	 */
	Path directoryFor(Path file) {
		UnaryOperator<Path> chosen = this.directories;
		return new SnapshotOwner((chosen != null) ? chosen.apply(file) : this.settings.directoryFor(file), file)
			.directory();
	}

	/**
	 * Return the snapshots of a file.
	 */
	SnapshotDirectory snapshotsOf(Path file) {
		return snapshotsOf(file, directoryFor(file));
	}

	/**
	 * Return the snapshots of a file that are in a directory.
	 */
	SnapshotDirectory snapshotsOf(Path file, Path directory) {
		return new SnapshotDirectory(directory, file, this.clock.withZone(this.settings.timeZone()));
	}

	/**
	 * Do something whose warnings the listener hears.
	 */
	<T> T warned(Supplier<T> work) {
		return Warnings.heardBy(this.report.listener(), work);
	}

	LocalDateTime now() {
		return LocalDateTime.ofInstant(this.clock.instant(), this.settings.timeZone());
	}

}
