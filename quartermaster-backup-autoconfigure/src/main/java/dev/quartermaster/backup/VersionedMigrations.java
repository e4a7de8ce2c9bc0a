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
 * @param known the versions of all that the release has
 * @param wanted those of them that it would apply
 */
public record VersionedMigrations(Set<SchemaVersion> known, Set<SchemaVersion> wanted) implements ReleaseMigrations {

	private static final String NOUN = "migration";

	/**
	 * Create a new instance, which keeps copies.
	 * @param known the versions of all that the release has
	 * @param wanted those of them that it would apply
	 */
	public VersionedMigrations {
		known = Set.copyOf(known);
		wanted = Set.copyOf(wanted);
	}

	/**
	 * A snapshot is newer if its version is unknown to the release, which has none above
	 * it. If it has some, the two may be of different branches. Then nothing is said.
	 */
	@Override
	public Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer) {
		SchemaVersion there = SchemaVersion.of(version).orElse(null);
		if (there == null || this.known.isEmpty()) {
			return Optional.empty();
		}
		if (this.known.contains(there)) {
			return Optional.of(SchemaFit.pending(countAbove(there, this.wanted), NOUN));
		}
		return (countAbove(there, this.known) == 0) ? Optional.of(SchemaFit.newer(writer, NOUN)) : Optional.empty();
	}

	private static int countAbove(SchemaVersion version, Set<SchemaVersion> versions) {
		return (int) versions.stream().filter((migration) -> migration.compareTo(version) > 0).count();
	}

}
