/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * {@link ReleaseMigrations} that have versions, as those of Flyway do.
 *
 * @param versions their versions
 */
public record VersionedMigrations(Set<SchemaVersion> versions) implements ReleaseMigrations {

	private static final String NOUN = "migration";

	/**
	 * Create a new instance, which keeps a copy.
	 * @param versions their versions
	 */
	public VersionedMigrations {
		versions = Set.copyOf(versions);
	}

	@Override
	public Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer) {
		SchemaVersion there = SchemaVersion.of(version).orElse(null);
		if (there == null || this.versions.isEmpty()) {
			return Optional.empty();
		}
		int pending = (int) this.versions.stream().filter((migration) -> migration.compareTo(there) > 0).count();
		return Optional.of((pending > 0 || this.versions.contains(there)) ? SchemaFit.pending(pending, NOUN)
				: SchemaFit.newer(writer, NOUN));
	}

}
