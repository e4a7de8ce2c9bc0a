/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotFigures;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conditions in which the backups of all databases are, for health and metrics. They
 * are looked up at most once in ten seconds, unless something happened, so that it costs
 * nothing to ask for one figure after the other. No data source is asked for a
 * connection, and none is made. Instances are safe for use by several threads.
 */
public final class BackupConditions {

	private static final Logger logger = LoggerFactory.getLogger(BackupConditions.class);

	private static final Duration LIFETIME = Duration.ofSeconds(10);

	private final Supplier<@Nullable SqliteBackupRegistry> registry;

	private final BackupHistory history;

	private final @Nullable Duration maxAge;

	private final Clock clock;

	private @Nullable Looked last;

	/**
	 * Create a new instance. Nothing is looked up yet.
	 * @param registry gives the databases, or {@code null} if everything is switched off
	 * @param history what happened to them
	 * @param maxAge the age from which on a snapshot is too old, or {@code null} for none
	 * @param clock tells the time
	 */
	public BackupConditions(Supplier<@Nullable SqliteBackupRegistry> registry, BackupHistory history,
			@Nullable Duration maxAge, Clock clock) {
		this.registry = registry;
		this.history = history;
		this.maxAge = maxAge;
		this.clock = clock;
	}

	/**
	 * Return the conditions by the names of the databases.
	 */
	synchronized Map<String, BackupCondition> all() {
		Instant now = this.clock.instant();
		// Before, so that what happens meanwhile is looked at the next time.
		long version = this.history.version();
		Looked known = this.last;
		if (known == null || known.version() != version
				|| Duration.between(known.at(), now).abs().compareTo(LIFETIME) > 0) {
			known = new Looked(look(now), version, now);
			this.last = known;
		}
		return known.conditions();
	}

	/**
	 * Return the databases by their names. No directory is looked at.
	 */
	Map<String, SqliteBackupService> databases() {
		SqliteBackupRegistry databases = this.registry.get();
		return (databases != null) ? databases.locatedByName() : Map.of();
	}

	Instant now() {
		return this.clock.instant();
	}

	private Map<String, BackupCondition> look(Instant now) {
		Map<String, BackupCondition> conditions = new LinkedHashMap<>();
		databases().forEach((name, service) -> conditions.put(name, look(service, now)));
		return conditions;
	}

	private BackupCondition look(SqliteBackupService service, Instant now) {
		BackupHistory.Entry entry = this.history.of(service.database());
		try {
			return new BackupCondition(service.database(), SnapshotFigures.of(service), null, entry, this.maxAge, now);
		}
		catch (BackupException ex) {
			logger.debug("The snapshots of {} could not be looked at", service.database(), Secrets.mask(ex));
			return new BackupCondition(service.database(), null, ex, entry, this.maxAge, now);
		}
	}

	private record Looked(Map<String, BackupCondition> conditions, long version, Instant at) {

	}

}
