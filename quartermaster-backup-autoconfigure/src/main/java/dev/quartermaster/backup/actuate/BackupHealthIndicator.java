/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.PlannedRestore;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.copies.CopyCondition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} of the backups of all databases. Where somebody should see to
 * something, the status is {@code WARNING}: the application serves its users as well as
 * before, so that it must stay in rotation. Spring Boot's aggregator does not know that
 * status, and leaves the whole as it is.
 */
public final class BackupHealthIndicator implements HealthIndicator {

	private static final Logger logger = LoggerFactory.getLogger(BackupHealthIndicator.class);

	/**
	 * The status where somebody should see to something.
	 */
	public static final Status WARNING = new Status("WARNING", "Somebody should see to the backups");

	private final BackupConditions conditions;

	private final Supplier<@Nullable PlannedRestores> restores;

	/**
	 * Create a new instance.
	 * @param conditions the conditions in which the backups are
	 * @param restores gives the planned restores, or {@code null} if there can be none
	 */
	public BackupHealthIndicator(BackupConditions conditions, Supplier<@Nullable PlannedRestores> restores) {
		this.conditions = conditions;
		this.restores = restores;
	}

	/**
	 * Never fails, which would be {@code DOWN}.
	 */
	@Override
	public Health health() {
		Health.Builder builder = Health.up();
		try {
			addDatabases(builder);
		}
		catch (RuntimeException | LinkageError ex) {
			Throwable cause = Secrets.mask(ex);
			logger.warn("The health of the backups could not be determined", cause);
			builder.status(WARNING).withDetail("error", cause.toString());
		}
		return builder.build();
	}

	private void addDatabases(Health.Builder builder) {
		Map<String, SqliteBackupService> databases = this.conditions.databases();
		this.conditions.all().forEach((name, condition) -> {
			List<String> warnings = condition.warnings();
			if (!warnings.isEmpty()) {
				builder.status(WARNING);
			}
			Map<String, Object> details = details(condition, warnings);
			SqliteBackupService backups = databases.get(name);
			if (backups != null) {
				addRestore(details, backups);
			}
			builder.withDetail(name, details);
		});
		this.conditions.unlocatedWarning()
			.ifPresent((warning) -> builder.status(WARNING)
				.withDetail(BackupConditions.UNKNOWN, Map.of("warnings", List.of(warning))));
	}

	/**
	 * What is planned is no fault, and what came of it is for whoever planned it.
	 */
	private void addRestore(Map<String, Object> details, SqliteBackupService backups) {
		PlannedRestores planned = this.restores.get();
		if (planned == null) {
			return;
		}
		try {
			planned.find(backups).ifPresent((plan) -> details.put("restore", details(plan)));
		}
		catch (BackupException ex) {
			details.put("restore", Map.of("state", "unknown", "failure", String.valueOf(ex.getMessage())));
		}
	}

	private static Map<String, Object> details(PlannedRestore plan) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("name", String.valueOf(plan.snapshot().getFileName()));
		details.put("state", plan.stage().name().toLowerCase(Locale.ROOT));
		details.put("plannedAt", plan.plannedAt().toString());
		if (plan.failure() != null) {
			details.put("failure", plan.failure());
		}
		return details;
	}

	private static Map<String, Object> details(BackupCondition condition, List<String> warnings) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("database", condition.database().toString());
		if (!warnings.isEmpty()) {
			details.put("warnings", warnings);
		}
		condition.newestSound().ifPresent((snapshot) -> {
			details.put("newest", snapshot.name().toString());
			details.put("takenAt", snapshot.takenAt().toOffsetDateTime().toString());
			details.put("size", snapshot.size());
		});
		condition.soundAt().ifPresent((time) -> details.put("currentAsOf", time.toString()));
		if (condition.figures() != null) {
			details.put("snapshots", condition.figures().snapshots());
			details.put("totalSize", condition.figures().bytes());
			condition.figures().freeBytes().ifPresent((free) -> details.put("free", free));
		}
		if (!condition.copies().isEmpty()) {
			Map<String, Object> copies = new LinkedHashMap<>();
			condition.copies().forEach((copy) -> copies.put(copy.place(), details(copy)));
			details.put("copies", copies);
		}
		return details;
	}

	private static Map<String, Object> details(CopyCondition copy) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("pending", copy.pending());
		if (copy.newest() != null) {
			details.put("newest", copy.newest());
		}
		if (copy.newestTakenAt() != null) {
			details.put("takenAt", copy.newestTakenAt().toString());
		}
		return details;
	}

}
