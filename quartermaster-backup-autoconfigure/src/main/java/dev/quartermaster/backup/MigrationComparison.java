/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A comparison of a database after a migration with its snapshot from before.
 *
 * @param database the file of the database that was migrated
 * @param before the file of the snapshot that it was compared with
 * @param versionBefore the version of the schema before, as Flyway counts it, or
 * {@code null} if there is none
 * @param versionAfter the version of the schema after, or {@code null}
 * @param tables the tables before and after, by name, without those of SQLite and of the
 * tools that migrate
 * @param losses what was lost unexpectedly; empty if nothing was
 * @param expected what was lost and may be
 */
public record MigrationComparison(Path database, Path before, @Nullable String versionBefore,
		@Nullable String versionAfter, List<TableRows> tables, List<DataLoss> losses, List<DataLoss> expected) {

	/**
	 * Create a new instance, which keeps copies of the lists.
	 * @param database the file of the database
	 * @param before the file of the snapshot
	 * @param versionBefore the version of the schema before, or {@code null}
	 * @param versionAfter the version of the schema after, or {@code null}
	 * @param tables the tables before and after
	 * @param losses what was lost unexpectedly
	 * @param expected what was lost and may be
	 */
	public MigrationComparison {
		tables = List.copyOf(tables);
		losses = List.copyOf(losses);
		expected = List.copyOf(expected);
	}

	/**
	 * Return whether anything was lost unexpectedly.
	 * @return whether {@link #losses()} has any
	 */
	public boolean hasLosses() {
		return !this.losses.isEmpty();
	}

	/**
	 * Return this comparison without what is known already.
	 * @param known losses that were reported before
	 * @return the comparison
	 */
	public MigrationComparison without(Set<DataLoss> known) {
		return new MigrationComparison(this.database, this.before, this.versionBefore, this.versionAfter, this.tables,
				this.losses.stream().filter((loss) -> !known.contains(loss)).toList(), this.expected);
	}

	/**
	 * Return how many tables there are after the migration.
	 * @return the number, without those that cannot be read
	 */
	public long tablesAfter() {
		return this.tables.stream().filter((table) -> table.after() != null).count();
	}

	/**
	 * Return how many rows there are after the migration.
	 * @return the number in all tables that can be read
	 */
	public long rowsAfter() {
		return this.tables.stream().map(TableRows::after).filter(Objects::nonNull).mapToLong(Long::longValue).sum();
	}

}
