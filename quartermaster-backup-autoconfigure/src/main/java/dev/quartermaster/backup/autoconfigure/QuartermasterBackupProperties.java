/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.actuate.HeartbeatUrl;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.migration.OnDataLoss;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.scheduling.Trigger;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * {@link ConfigurationProperties Properties} of Quartermaster Backup.
 *
 * @param enabled Whether to back up the database at all.
 * @param dir Directory of the snapshots. By default, "backups" beside the database.
 * @param verification How thoroughly a copy is checked before it becomes a snapshot.
 * @param busyTimeout How long to wait for a lock on the database.
 * @param timeZone Time zone of the stamp in the names of snapshots. By default, the
 * system's.
 * @param minFreeSpace What must be left free on the volume after the copy.
 * @param checkEnvironment Whether to warn, after the start, of what endangers the
 * databases.
 * @param schedule Cron expression of six fields that tells when to take a snapshot,
 * unless nothing has changed, in "time-zone". None by default.
 * @param health Health of the databases' backups.
 * @param heartbeat Calls to a service that raises an alarm when they stay away.
 * @param migration Snapshots before migrations.
 */
@ConfigurationProperties(QuartermasterBackupProperties.PREFIX)
public record QuartermasterBackupProperties(@DefaultValue("true") boolean enabled, @Nullable String dir,
		@DefaultValue("quick") VerificationMode verification, @DefaultValue("10s") Duration busyTimeout,
		@Nullable ZoneId timeZone, @DefaultValue("64MB") DataSize minFreeSpace,
		@DefaultValue("true") boolean checkEnvironment, @Nullable String schedule, @DefaultValue Health health,
		@DefaultValue Heartbeat heartbeat, @DefaultValue Migration migration) {

	static final String PREFIX = "quartermaster.backup";

	BackupSettings settings() {
		requireNotNegative("busy-timeout", this.busyTimeout, this.busyTimeout.isNegative());
		requireNotNegative("min-free-space", this.minFreeSpace, this.minFreeSpace.isNegative());
		// Not a Path property: Spring would look for it on the class path first.
		Path directory = StringUtils.hasText(this.dir) ? BackupSettings.directory(this.dir) : null;
		return new BackupSettings(directory, this.verification, this.busyTimeout, zone(), this.minFreeSpace.toBytes(),
				this.checkEnvironment, ApplicationRelease.UNKNOWN);
	}

	private ZoneId zone() {
		return (this.timeZone != null) ? this.timeZone : ZoneId.systemDefault();
	}

	/**
	 * Return the times of a cron expression in one of these properties.
	 * @param name the name of the property
	 * @param cron its value
	 * @return the times, or {@code null} for never
	 */
	@Nullable Trigger cron(String name, @Nullable String cron) {
		return ScheduledWork.cron(PREFIX + "." + name, cron, zone());
	}

	private static void requireNotNegative(String name, Object value, boolean negative) {
		if (negative) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "." + name, value,
					"It must not be negative.");
		}
	}

	/**
	 * Health of the databases' backups.
	 *
	 * @param maxAge Age of the newest snapshot from which on health is "WARNING", unless
	 * the database was found unchanged since. None by default.
	 */
	public record Health(@Nullable Duration maxAge) {
	}

	/**
	 * Calls to a service that raises an alarm when they stay away.
	 *
	 * @param url URL that is called after each successful backup, and with "/fail" at its
	 * end after one that failed. None by default.
	 */
	public record Heartbeat(@Nullable String url) {

		@Nullable HeartbeatUrl parsedUrl() {
			if (!StringUtils.hasText(this.url)) {
				return null;
			}
			try {
				return HeartbeatUrl.of(this.url);
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidHeartbeatUrlException(String.valueOf(ex.getMessage()));
			}
		}

	}

	/**
	 * Snapshots before migrations.
	 *
	 * @param enabled Whether to take a snapshot before migrations.
	 * @param when Before which migrations to take a snapshot.
	 * @param onFailure What to do when the snapshot cannot be taken.
	 * @param restoreOnError Whether to put the snapshot back when the migration fails.
	 * @param audit Whether to compare the database with the snapshot after a migration.
	 * @param onDataLoss What to do when a migration lost data.
	 * @param expectedLoss Names of tables that may lose data in a migration. '*' stands
	 * for any characters.
	 * @param rehearse Whether to try a migration on a copy first.
	 * @param quietPeriod How old the newest snapshot must be for a start with nothing to
	 * migrate to take a new one.
	 * @param excludeBeans Names of the beans whose changes of the schema are not guarded.
	 */
	public record Migration(@DefaultValue("true") boolean enabled, @DefaultValue("always") MigrationSettings.When when,
			@DefaultValue("continue") OnBackupFailure onFailure, @DefaultValue("false") boolean restoreOnError,
			@DefaultValue("true") boolean audit, @DefaultValue("warn") OnDataLoss onDataLoss,
			@DefaultValue List<String> expectedLoss, @DefaultValue("false") boolean rehearse,
			@DefaultValue("1h") Duration quietPeriod, @DefaultValue Set<String> excludeBeans) {

		MigrationGuard guard(BackupListener listener) {
			requireNotNegative("migration.quiet-period", this.quietPeriod, this.quietPeriod.isNegative());
			return new MigrationGuard(new MigrationSettings(this.when, this.onFailure, this.restoreOnError, this.audit,
					this.onDataLoss, this.expectedLoss, this.rehearse, this.quietPeriod), listener,
					FailureAfterStart::log);
		}

	}

}
