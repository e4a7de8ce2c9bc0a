/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.FailureNote;
import dev.quartermaster.backup.LastFailure;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotFigures;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.copies.Copies;
import dev.quartermaster.backup.copies.CopyCondition;
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

	/**
	 * What stands for the name of a database where it is not known which one it is.
	 */
	static final String UNKNOWN = "unknown";

	private static final Duration LIFETIME = Duration.ofSeconds(10);

	private final Supplier<@Nullable SqliteBackupRegistry> registry;

	private final BackupHistory history;

	private final @Nullable Duration maxAge;

	private final Clock clock;

	/**
	 * When those failures were of which a note was seen.
	 */
	private final Map<Path, Instant> noted = new HashMap<>();

	private final Map<Path, String> namesOfFiles = new HashMap<>();

	private final Supplier<@Nullable Copies> copies;

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
		this(registry, history, () -> null, maxAge, clock);
	}

	/**
	 * Create a new instance. Nothing is looked up yet.
	 * @param registry gives the databases, or {@code null} if everything is switched off
	 * @param history what happened to them
	 * @param copies gives the copies elsewhere, or {@code null} if there are none
	 * @param maxAge the age from which on a snapshot is too old, or {@code null} for none
	 * @param clock tells the time
	 */
	public BackupConditions(Supplier<@Nullable SqliteBackupRegistry> registry, BackupHistory history,
			Supplier<@Nullable Copies> copies, @Nullable Duration maxAge, Clock clock) {
		this.copies = copies;
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
		long version = version();
		Looked known = this.last;
		if (known == null || known.version() != version
				|| Duration.between(known.at(), now).abs().compareTo(LIFETIME) > 0) {
			known = new Looked(look(now), version, now);
			this.last = known;
		}
		return known.conditions();
	}

	private long version() {
		Copies elsewhere = this.copies.get();
		return this.history.version() + ((elsewhere != null) ? elsewhere.version() : 0);
	}

	/**
	 * Return the databases by their names. No directory is looked at.
	 */
	Map<String, SqliteBackupService> databases() {
		SqliteBackupRegistry databases = this.registry.get();
		return (databases != null) ? databases.locatedByName() : Map.of();
	}

	/**
	 * Return the name of a database: that which the application gives it or else that of
	 * its file, unless another database has that name.
	 * @param database its file
	 */
	String nameOf(Path database) {
		Path real = RealPath.of(database);
		Map<String, SqliteBackupService> located = databases();
		return located.entrySet()
			.stream()
			.filter((entry) -> RealPath.of(entry.getValue().database()).equals(real))
			.map(Map.Entry::getKey)
			.findFirst()
			.orElseGet(() -> nameOfFile(real, located.keySet()));
	}

	private String nameOfFile(Path file, Set<String> others) {
		synchronized (this.namesOfFiles) {
			String given = this.namesOfFiles.get(file);
			if (given == null || others.contains(given)) {
				String name = String.valueOf(file.getFileName());
				given = (others.contains(name) || this.namesOfFiles.containsValue(name)) ? file.toString() : name;
				this.namesOfFiles.put(file, given);
			}
			return given;
		}
	}

	/**
	 * Return what somebody should see to although it is not known to which database it
	 * happened: a failure before that was found out. It is forgotten when a snapshot of
	 * any was taken since, or each has had a backup, well or not.
	 */
	Optional<String> unlocatedWarning() {
		BackupHistory.UnlocatedFailure unlocated = this.history.unlocated();
		if (unlocated == null) {
			return Optional.empty();
		}
		Collection<SqliteBackupService> databases = databases().values();
		if (!databases.isEmpty() && databases.stream()
			.map((service) -> this.history.of(service.database()).endedAt())
			.allMatch((endedAt) -> endedAt != null && endedAt.isAfter(unlocated.at()))) {
			return Optional.empty();
		}
		return Optional.of("A backup failed at " + unlocated.at() + ". " + unlocated.failure().getMessage());
	}

	Instant now() {
		return this.clock.instant();
	}

	private Map<String, BackupCondition> look(Instant now) {
		Map<String, BackupCondition> conditions = new LinkedHashMap<>();
		databases().forEach((name, service) -> conditions.put(name, look(service, now)));
		SqliteBackupRegistry databases = this.registry.get();
		if (databases != null) {
			unknown(conditions)
				.forEach((file) -> conditions.put(nameOf(file), look(databases.of(SqliteDatabase.of(file)), now)));
		}
		return conditions;
	}

	/**
	 * Return the files of databases that had a backup but are no bean of the application,
	 * such as that of a Flyway made in code.
	 */
	private Set<Path> unknown(Map<String, BackupCondition> conditions) {
		Set<Path> known = conditions.values()
			.stream()
			.map((condition) -> RealPath.of(condition.database()))
			.collect(Collectors.toSet());
		return this.history.databases()
			.stream()
			.filter((file) -> !known.contains(file))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private BackupCondition look(SqliteBackupService service, Instant now) {
		BackupHistory.Entry known = this.history.of(service.database());
		Optional<FailureNote> note = LastFailure.of(service);
		BackupHistory.Entry entry = isMendedElsewhere(service.database(), known, note.isPresent())
				? known.withoutFailure() : known;
		FailureNote earlier = note.filter((failed) -> isLater(failed, entry)).orElse(null);
		try {
			return new BackupCondition(service.database(), SnapshotFigures.of(service), null, entry, earlier,
					copies(service), this.maxAge, now);
		}
		catch (BackupException ex) {
			logger.debug("The snapshots of {} could not be looked at", service.database(), Secrets.mask(ex));
			return new BackupCondition(service.database(), null, ex, entry, earlier, List.of(), this.maxAge, now);
		}
	}

	private List<CopyCondition> copies(SqliteBackupService service) {
		Copies elsewhere = this.copies.get();
		return (elsewhere != null) ? elsewhere.conditions(service) : List.of();
	}

	/**
	 * Return whether another process removed the note of a failure, as it does with its
	 * next snapshot.
	 */
	private boolean isMendedElsewhere(Path database, BackupHistory.Entry entry, boolean noted) {
		Instant failedAt = (entry.failure() != null) ? entry.endedAt() : null;
		if (failedAt == null) {
			return false;
		}
		if (noted) {
			this.noted.put(database, failedAt);
		}
		return !noted && failedAt.equals(this.noted.get(database));
	}

	private static boolean isLater(FailureNote note, BackupHistory.Entry entry) {
		return entry.endedAt() == null || note.at().isAfter(entry.endedAt());
	}

	private record Looked(Map<String, BackupCondition> conditions, long version, Instant at) {

	}

}
