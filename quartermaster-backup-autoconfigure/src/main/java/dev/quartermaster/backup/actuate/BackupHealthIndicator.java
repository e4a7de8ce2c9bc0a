/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.copies.CopyCondition;
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

	/**
	 * Create a new instance.
	 * @param conditions the conditions in which the backups are
	 */
	public BackupHealthIndicator(BackupConditions conditions) {
		this.conditions = conditions;
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
		this.conditions.all().forEach((name, condition) -> {
			List<String> warnings = condition.warnings();
			if (!warnings.isEmpty()) {
				builder.status(WARNING);
			}
			builder.withDetail(name, details(condition, warnings));
		});
		this.conditions.unlocatedWarning()
			.ifPresent((warning) -> builder.status(WARNING)
				.withDetail(BackupConditions.UNKNOWN, Map.of("warnings", List.of(warning))));
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
