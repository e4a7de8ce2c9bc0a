/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RetentionPolicy;
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
import org.springframework.boot.convert.DurationUnit;
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
 * @param drill Restore drills, which show whether a snapshot could be restored.
 * @param migration Snapshots before migrations.
 * @param retention Which snapshots may be removed. By default, none.
 * @param copies Places elsewhere that get a copy of each snapshot: Spring resource
 * locations separated by commas, such as "file:/mnt/nas/app/" and "s3://bucket/app/", or
 * a list of entries. None by default.
 */
@ConfigurationProperties(QuartermasterBackupProperties.PREFIX)
public record QuartermasterBackupProperties(@DefaultValue("true") boolean enabled, @Nullable String dir,
		@DefaultValue("quick") VerificationMode verification, @DefaultValue("10s") Duration busyTimeout,
		@Nullable ZoneId timeZone, @DefaultValue("64MB") DataSize minFreeSpace,
		@DefaultValue("true") boolean checkEnvironment, @Nullable String schedule, @DefaultValue Health health,
		@DefaultValue Heartbeat heartbeat, @DefaultValue Drill drill, @DefaultValue Migration migration,
		@DefaultValue Retention retention, @DefaultValue List<CopyProperties> copies) {

	static final String PREFIX = "quartermaster.backup";

	BackupSettings settings() {
		requireNotNegative("busy-timeout", this.busyTimeout, this.busyTimeout.isNegative());
		requireNotNegative("min-free-space", this.minFreeSpace, this.minFreeSpace.isNegative());
		Duration maxAge = this.health.maxAge();
		if (maxAge != null) {
			requireNotNegative("health.max-age", maxAge, maxAge.isNegative());
		}
		// Not a Path property: Spring would look for it on the class path first.
		Path directory = StringUtils.hasText(this.dir) ? BackupSettings.directory(this.dir) : null;
		return new BackupSettings(directory, this.verification, this.busyTimeout, zone(), this.minFreeSpace.toBytes(),
				this.checkEnvironment, ApplicationRelease.UNKNOWN, this.retention.policy());
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
	 * the database was found unchanged since. If a duration suffix is not specified,
	 * hours are used. None by default.
	 */
	public record Health(@DurationUnit(ChronoUnit.HOURS) @Nullable Duration maxAge) {
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
	 * Restore drills, which show whether a snapshot could be restored.
	 *
	 * @param schedule Cron expression of the times at which the newest snapshot of each
	 * database is restored into a temporary file and checked. Never by default.
	 * @param copies Whether the drill reads the copies elsewhere back as well.
	 */
	public record Drill(@Nullable String schedule, @DefaultValue("false") boolean copies) {

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
			@DurationUnit(ChronoUnit.HOURS) @DefaultValue("1h") Duration quietPeriod,
			@DefaultValue Set<String> excludeBeans) {

		MigrationGuard guard(BackupListener listener) {
			requireNotNegative("migration.quiet-period", this.quietPeriod, this.quietPeriod.isNegative());
			return new MigrationGuard(new MigrationSettings(this.when, this.onFailure, this.restoreOnError, this.audit,
					this.onDataLoss, this.expectedLoss, this.rehearse, this.quietPeriod), listener,
					FailureAfterStart::log);
		}

	}

	/**
	 * Which snapshots may be removed.
	 *
	 * @param maxCount How many snapshots of a database to keep, without those of reasons
	 * that have a number of their own. By default, all.
	 * @param maxAge How old a snapshot may become. Without a unit, in days. By default,
	 * any age.
	 * @param maxTotalSize How much space the snapshots of a database may take, each file
	 * counted once however many names it has. Without a unit, in bytes. By default, any
	 * amount.
	 * @param thin Whether to keep fewer snapshots the older they are: all of the last
	 * day, one a day for a week, one a week for a month, and one a month for ever.
	 * @param minKeep How many of the newest sound snapshots are kept in any case.
	 * @param keepVersions Of how many versions of the schema before the current one the
	 * last snapshot is kept in any case.
	 * @param replaced States that a restore replaced or a failed migration left.
	 * @param byReason Limits for the snapshots of a reason, by the reason as it is in
	 * their names. They take the place of those for all reasons.
	 */
	public record Retention(@Nullable Integer maxCount, @DurationUnit(ChronoUnit.DAYS) @Nullable Duration maxAge,
			@Nullable DataSize maxTotalSize, @DefaultValue("false") boolean thin, @DefaultValue("3") int minKeep,
			@DefaultValue("3") int keepVersions, @DefaultValue Replaced replaced,
			@DefaultValue Map<String, ByReason> byReason) {

		private static final String NAME = PREFIX + ".retention";

		RetentionPolicy policy() {
			RetentionPolicy.Limits limits = new ByReason(this.maxCount, this.maxAge, this.maxTotalSize,
					this.thin ? true : null)
				.limits(NAME);
			if (this.replaced.maxAge() != null) {
				require(NAME + ".replaced.max-age", this.replaced.maxAge(), isPositive(this.replaced.maxAge()),
						"It must be positive. Leave it out to keep them for ever.");
			}
			require(NAME + ".min-keep", this.minKeep, this.minKeep >= 1,
					"It must be at least 1, since the newest sound snapshot is never removed.");
			require(NAME + ".keep-versions", this.keepVersions, this.keepVersions >= 0, "It must not be negative.");
			Map<String, RetentionPolicy.Limits> reasons = new LinkedHashMap<>();
			this.byReason.forEach((reason, limit) -> {
				String name = NAME + ".by-reason." + reason;
				require(name, reason, RetentionPolicy.mayHaveLimits(reason),
						"It is not how a reason is written in the name of a snapshot, or its age is that of"
								+ " quartermaster.backup.retention.replaced.max-age.");
				reasons.put(reason, limit.limits(name));
			});
			return new RetentionPolicy(limits, reasons, this.replaced.maxAge(), this.minKeep, this.keepVersions);
		}

		private static boolean isPositive(Duration duration) {
			return !duration.isNegative() && !duration.isZero();
		}

		private static void require(String name, Object value, boolean valid, String reason) {
			if (!valid) {
				throw new InvalidConfigurationPropertyValueException(name, value, reason);
			}
		}

		/**
		 * States that were replaced.
		 *
		 * @param maxAge How old a state may become that a restore replaced or a failed
		 * migration left. Without a unit, in days. By default, any age.
		 */
		public record Replaced(@DurationUnit(ChronoUnit.DAYS) @Nullable Duration maxAge) {

		}

		/**
		 * Limits for the snapshots of a reason.
		 *
		 * @param maxCount How many snapshots to keep.
		 * @param maxAge How old a snapshot may become. Without a unit, in days.
		 * @param maxTotalSize How much space they may take. Without a unit, in bytes.
		 * @param thin Whether to keep fewer snapshots the older they are.
		 */
		public record ByReason(@Nullable Integer maxCount, @DurationUnit(ChronoUnit.DAYS) @Nullable Duration maxAge,
				@Nullable DataSize maxTotalSize, @Nullable Boolean thin) {

			RetentionPolicy.Limits limits(String name) {
				if (this.maxCount != null) {
					require(name + ".max-count", this.maxCount, this.maxCount >= 1,
							"It must be at least 1. Leave it out to keep all.");
				}
				if (this.maxAge != null) {
					require(name + ".max-age", this.maxAge, isPositive(this.maxAge),
							"It must be positive. Leave it out to keep all.");
				}
				if (this.maxTotalSize != null) {
					require(name + ".max-total-size", this.maxTotalSize, this.maxTotalSize.toBytes() >= 1,
							"It must be positive. Leave it out to keep all.");
				}
				return new RetentionPolicy.Limits(this.maxCount, this.maxAge,
						(this.maxTotalSize != null) ? this.maxTotalSize.toBytes() : null, this.thin);
			}

		}

	}

}
