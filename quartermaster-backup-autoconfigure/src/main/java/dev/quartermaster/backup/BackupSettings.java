/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;

import org.jspecify.annotations.Nullable;

/**
 * The choices that there are about how snapshots are taken.
 *
 * @param directory where they go, or {@code null} for {@code backups} beside the database
 * @param verification how thoroughly they are checked
 * @param busyTimeout how long to wait for a lock; not negative
 * @param timeZone the zone of the stamp in their names
 * @param minFreeSpace how many bytes must be left on the volume after the copy; not
 * negative
 * @param checkEnvironment whether to warn of what endangers the database besides, such as
 * a start that is killed again and again while its copy is made
 * @param application the release of the application, which snapshots record
 * @param retention which of them may be removed
 */
public record BackupSettings(@Nullable Path directory, VerificationMode verification, Duration busyTimeout,
		ZoneId timeZone, long minFreeSpace, boolean checkEnvironment, ApplicationRelease application,
		RetentionPolicy retention) {

	/**
	 * What holds unless something else is chosen.
	 */
	public static final BackupSettings DEFAULTS = new BackupSettings(null, VerificationMode.QUICK,
			Duration.ofSeconds(10), ZoneId.systemDefault(), 64 * 1024 * 1024);

	/**
	 * Create new settings.
	 * @param directory where snapshots go, or {@code null}
	 * @param verification how snapshots are checked
	 * @param busyTimeout how long to wait for a lock; not negative
	 * @param timeZone the zone of the stamp in their names
	 * @param minFreeSpace how many bytes must be left; not negative
	 * @param checkEnvironment whether to warn of what endangers the database besides
	 * @param application the release of the application
	 * @param retention which of them may be removed
	 * @throws IllegalArgumentException if a duration or a size is negative
	 */
	public BackupSettings {
		if (busyTimeout.isNegative()) {
			throw new IllegalArgumentException("The busy timeout must not be negative, but is " + busyTimeout);
		}
		if (minFreeSpace < 0) {
			throw new IllegalArgumentException("The free space to keep must not be negative, but is " + minFreeSpace);
		}
	}

	/**
	 * Create new settings, with warnings of what endangers the database besides.
	 * @param directory where snapshots go, or {@code null}
	 * @param verification how snapshots are checked
	 * @param busyTimeout how long to wait for a lock; not negative
	 * @param timeZone the zone of the stamp in their names
	 * @param minFreeSpace how many bytes must be left; not negative
	 * @throws IllegalArgumentException if a duration or a size is negative
	 */
	public BackupSettings(@Nullable Path directory, VerificationMode verification, Duration busyTimeout,
			ZoneId timeZone, long minFreeSpace) {
		this(directory, verification, busyTimeout, timeZone, minFreeSpace, true, ApplicationRelease.UNKNOWN,
				RetentionPolicy.NONE);
	}

	/**
	 * Return settings with a directory of their own and the same in all else.
	 * @param directory where snapshots go
	 * @return the settings
	 */
	public BackupSettings withDirectory(Path directory) {
		return new BackupSettings(directory, this.verification, this.busyTimeout, this.timeZone, this.minFreeSpace,
				this.checkEnvironment, this.application, this.retention);
	}

	/**
	 * Return settings for another release of the application and the same in all else.
	 * @param application the release
	 * @return the settings
	 */
	public BackupSettings withApplication(ApplicationRelease application) {
		return new BackupSettings(this.directory, this.verification, this.busyTimeout, this.timeZone, this.minFreeSpace,
				this.checkEnvironment, application, this.retention);
	}

	/**
	 * Return settings with another retention policy and the same in all else.
	 * @param retention which snapshots may be removed
	 * @return the settings
	 */
	public BackupSettings withRetention(RetentionPolicy retention) {
		return new BackupSettings(this.directory, this.verification, this.busyTimeout, this.timeZone, this.minFreeSpace,
				this.checkEnvironment, this.application, retention);
	}

	/**
	 * Return the directory that a text means.
	 * @param text a path, or the URL of one, as in {@code file:/srv/backups}
	 * @return the path
	 * @throws java.nio.file.InvalidPathException if it cannot be one
	 */
	public static Path directory(String text) {
		return BackupDirectoryPath.of(text);
	}

	/**
	 * Return the directory for the snapshots of a database.
	 * @param database the file of the database
	 * @return the absolute path of the directory
	 * @throws BackupException if what was chosen is plainly not what was meant
	 */
	Path directoryFor(Path database) {
		Path chosen = this.directory;
		return (chosen != null) ? BackupDirectoryPath.require(chosen).toAbsolutePath().normalize()
				: database.resolveSibling("backups");
	}

}
