/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.quartermaster.backup.SqliteBackupService;

/**
 * The changes that the application makes while it starts, one for each database.
 */
final class ChangesOfStart {

	private final Map<Path, SchemaChange> changes = new ConcurrentHashMap<>();

	private final Set<SqliteBackupService> withoutChange = ConcurrentHashMap.newKeySet();

	private final Set<Path> recentlySaved = ConcurrentHashMap.newKeySet();

	/**
	 * Return the change of a database.
	 * @param database the file of the database
	 * @param made makes it if there is none yet
	 */
	SchemaChange of(Path database, Function<Path, SchemaChange> made) {
		return this.changes.computeIfAbsent(database, made);
	}

	/**
	 * Return the files of the databases that may have been changed.
	 */
	Set<Path> databases() {
		return this.changes.keySet();
	}

	/**
	 * Something that could have changed a database had nothing to change.
	 */
	void noneOf(SqliteBackupService backups) {
		this.withoutChange.add(backups);
	}

	/**
	 * Something that could have changed a database had nothing to change, and there is a
	 * recent snapshot of it.
	 */
	void noneOfRecentlySaved(SqliteBackupService backups) {
		this.recentlySaved.add(backups.database());
		noneOf(backups);
	}

	boolean isRecentlySaved(SqliteBackupService backups) {
		return !this.recentlySaved.isEmpty() && this.recentlySaved.contains(backups.database());
	}

	void undo() {
		this.changes.values().forEach(SchemaChange::undo);
	}

	/**
	 * End those of which nobody told the end.
	 * @throws DataLossException if one of them lost data and counts as failed for that
	 */
	void endAtStart() {
		DataLossException.throwIfAny(this.changes.values().stream().map(SchemaChange::endAtStart).toList());
	}

	/**
	 * The application has started.
	 * @return the files of the databases that were guarded
	 */
	Set<Path> started() {
		Set<Path> guarded = this.changes.entrySet()
			.stream()
			.filter((change) -> change.getValue().isGuarded())
			.map(Map.Entry::getKey)
			.collect(Collectors.toCollection(TreeSet::new));
		guarded.addAll(this.recentlySaved);
		this.recentlySaved.clear();
		this.changes.values().forEach(SchemaChange::started);
		this.changes.clear();
		this.withoutChange.forEach((backups) -> new UnfinishedChange(backups).end());
		this.withoutChange.clear();
		return guarded;
	}

	List<GuardedChange> suspects() {
		return this.changes.values().stream().anyMatch(SchemaChange::isUnfinished) ? unfinished()
				: describe(SchemaChange::isEndUnknown);
	}

	List<GuardedChange> unfinished() {
		return describe(SchemaChange::isUnfinished);
	}

	private List<GuardedChange> describe(Predicate<SchemaChange> which) {
		return this.changes.values()
			.stream()
			.filter(which)
			.flatMap((change) -> change.describeIfChanged().stream())
			.toList();
	}

}
