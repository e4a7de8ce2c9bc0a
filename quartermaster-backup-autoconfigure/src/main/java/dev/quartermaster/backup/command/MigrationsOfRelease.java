/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SchemaHistory;
import dev.quartermaster.backup.SchemaVersion;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SqlText;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ClassUtils;

/**
 * The migrations that this release of the application has, as Flyway finds them by the
 * application's configuration. Without Flyway, nothing is known of them. Flyway looks for
 * them when they are asked for first.
 */
final class MigrationsOfRelease {

	private static final Logger logger = LoggerFactory.getLogger(MigrationsOfRelease.class);

	private final Map<String, String> properties;

	private final ApplicationRelease release;

	private @Nullable List<SchemaVersion> versions;

	/**
	 * Create a new instance.
	 * @param properties the properties of the application
	 * @param release the release
	 */
	MigrationsOfRelease(Map<String, String> properties, ApplicationRelease release) {
		this.properties = properties;
		this.release = release;
	}

	/**
	 * Return whether this release can take a snapshot.
	 * @param snapshot the file of the snapshot
	 * @param manifest its manifest
	 * @return the answer, or empty if that is not known
	 */
	Optional<SchemaFit> fitOf(Path snapshot, SnapshotManifest manifest) {
		String version = manifest.schema().version();
		if (version == null || !SchemaHistory.FLYWAY.equals(manifest.schema().tool())) {
			return Optional.empty();
		}
		return fitOf(snapshot, version, manifest.application().version());
	}

	/**
	 * Return whether this release can take a snapshot, as the snapshot itself tells.
	 * @param snapshot the file of the snapshot
	 * @param manifest its manifest, if it has one, which tells who wrote it
	 * @return the answer, or empty if that is not known
	 */
	Optional<SchemaFit> fitOf(Path snapshot, Optional<SnapshotManifest> manifest) {
		String writer = manifest.map((found) -> found.application().version()).orElse(null);
		try {
			return SqliteReader.readSnapshot(snapshot, SchemaHistory::in)
				.filter((history) -> history.tool().equals(SchemaHistory.FLYWAY))
				.flatMap((history) -> fitOf(snapshot, history.version(), writer));
		}
		catch (BackupException ex) {
			// Whoever restores it says what is wrong with it.
			logger.debug("The schema of {} is unknown", snapshot, ex);
			return Optional.empty();
		}
	}

	private Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer) {
		SchemaVersion there = SchemaVersion.of(version).orElse(null);
		List<SchemaVersion> known = versions();
		if (there == null || known.isEmpty()) {
			return Optional.empty();
		}
		int pending = (int) known.stream().filter((migration) -> migration.compareTo(there) > 0).count();
		if (pending > 0 || known.contains(there)) {
			return Optional.of(SchemaFit.pending(pending));
		}
		// What only beans know is not found here.
		boolean same = writer != null && writer.equals(this.release.version());
		return (same || isMigrationInJava(snapshot, version)) ? Optional.empty() : Optional.of(SchemaFit.newer(writer));
	}

	private List<SchemaVersion> versions() {
		if (this.versions == null) {
			this.versions = find();
		}
		return this.versions;
	}

	private List<SchemaVersion> find() {
		ClassLoader loader = MigrationsOfRelease.class.getClassLoader();
		if (!ClassUtils.isPresent("org.flywaydb.core.Flyway", loader)
				|| "false".equalsIgnoreCase(this.properties.get(ApplicationProperties.FLYWAY + "enabled"))) {
			return List.of();
		}
		try {
			return FlywayMigrations.in(this.properties, loader);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("The migrations of this release are unknown", Secrets.mask(ex));
			return List.of();
		}
	}

	private static boolean isMigrationInJava(Path snapshot, String version) {
		try {
			return SqliteReader.readSnapshot(snapshot, (statement) -> classOf(statement, version))
				.filter((name) -> ClassUtils.isPresent(name, MigrationsOfRelease.class.getClassLoader()))
				.isPresent();
		}
		catch (BackupException ex) {
			logger.debug("The history in {} is unknown", snapshot, ex);
			return false;
		}
	}

	private static Optional<String> classOf(Statement statement, String version) throws SQLException {
		Optional<String> table = HistoryTables.ofFlyway(statement);
		if (table.isEmpty()) {
			return Optional.empty();
		}
		try (ResultSet result = statement.executeQuery("SELECT script FROM " + SqlText.identifier(table.get())
				+ " WHERE type = 'JDBC' AND version = " + SqlText.literal(version))) {
			return result.next() ? Optional.ofNullable(result.getString(1)) : Optional.empty();
		}
	}

}
