/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.quartermaster.backup.migration.PendingChanges;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;

/**
 * The migrations that Flyway is going to apply. What Flyway does not tell counts as a
 * change: a strategy or a callback of the application may do anything, and a database
 * without a history gets one.
 */
final class PendingMigrations implements PendingChanges {

	private final Flyway flyway;

	private final boolean isAllByFlyway;

	private List<String> names = List.of();

	/**
	 * Create a new instance. Flyway is not asked yet.
	 * @param flyway migrates
	 * @param isAllByFlyway whether no strategy of the application decides what is
	 * migrated
	 */
	PendingMigrations(Flyway flyway, boolean isAllByFlyway) {
		this.flyway = flyway;
		this.isAllByFlyway = isAllByFlyway;
	}

	@Override
	public boolean areAny() {
		if (!this.isAllByFlyway || OtherCallbacks.mayTakePart(this.flyway.getConfiguration(), BackupCallback.class)) {
			return true;
		}
		MigrationInfoService info = this.flyway.info();
		this.names = Arrays.stream(info.pending()).map(PendingMigrations::name).toList();
		return !this.names.isEmpty() || info.applied().length == 0;
	}

	/**
	 * A migration that is applied again whenever it changes has no version.
	 */
	private static String name(MigrationInfo migration) {
		return Stream.of(migration.getVersion(), migration.getDescription())
			.filter(Objects::nonNull)
			.map(Object::toString)
			.collect(Collectors.joining(" "));
	}

	@Override
	public List<String> names() {
		return this.names;
	}

}
