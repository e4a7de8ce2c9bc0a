/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SchemaHistory;
import dev.quartermaster.backup.SchemaVersion;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.VersionedMigrations;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.sqlite.SQLiteDataSource;

/**
 * The migrations that the Flyways of an application find. Each is asked once, on an empty
 * database in memory, so that nobody waits for its data source.
 */
public final class FlywayMigrations implements ReleaseMigrations.Source {

	private static final String DEFAULT_TABLE = "flyway_schema_history";

	private final ApplicationFlyways flyways;

	private final Map<Flyway, VersionedMigrations> found = Collections.synchronizedMap(new WeakHashMap<>());

	/**
	 * Create a new instance.
	 * @param flyways gives what migrates the databases of the application
	 * @param backups gives the service of the database behind a data source
	 */
	public FlywayMigrations(Supplier<Stream<Flyway>> flyways, Function<DataSource, SqliteBackupService> backups) {
		this.flyways = new ApplicationFlyways(flyways, backups);
	}

	@Override
	public Optional<ReleaseMigrations> of(Path database, String tool) {
		if (!tool.equals(SchemaHistory.FLYWAY)) {
			return Optional.empty();
		}
		return main(this.flyways.of(database).toList())
			.map((flyway) -> this.found.computeIfAbsent(flyway, FlywayMigrations::foundBy));
	}

	/**
	 * Return the one whose history tells the version of the schema: where there are
	 * several, the others are of modules of the application.
	 */
	private static Optional<Flyway> main(List<Flyway> flyways) {
		return (flyways.size() == 1) ? Optional.of(flyways.get(0))
				: flyways.stream()
					.filter((flyway) -> DEFAULT_TABLE.equalsIgnoreCase(flyway.getConfiguration().getTable()))
					.findFirst();
	}

	/**
	 * Return the migrations that a Flyway finds.
	 * @param flyway the Flyway, whose database is not looked at
	 * @return those that have a version
	 */
	public static VersionedMigrations foundBy(Flyway flyway) {
		SQLiteDataSource empty = new SQLiteDataSource();
		empty.setUrl("jdbc:sqlite::memory:");
		List<MigrationInfo> known = Arrays.stream(NewerDatabase.apart(flyway).dataSource(empty).load().info().all())
			.filter((migration) -> migration.getState().isResolved())
			.toList();
		return new VersionedMigrations(versions(known.stream()),
				versions(known.stream().filter((migration) -> migration.getState() != MigrationState.ABOVE_TARGET)));
	}

	private static Set<SchemaVersion> versions(Stream<MigrationInfo> migrations) {
		return migrations.map(MigrationInfo::getVersion)
			.flatMap(Stream::ofNullable)
			.map(MigrationVersion::getVersion)
			.flatMap((version) -> SchemaVersion.of(version).stream())
			.collect(Collectors.toSet());
	}

}
