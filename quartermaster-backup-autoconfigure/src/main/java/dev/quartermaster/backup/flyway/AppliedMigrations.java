/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.Configuration;

/**
 * The migrations that Flyway applied to a database, as its history has them. To ask
 * Flyway itself takes it a look at all migrations, and a line in the log each time.
 */
final class AppliedMigrations {

	private final Configuration configuration;

	AppliedMigrations(Configuration configuration) {
		this.configuration = configuration;
	}

	/**
	 * Return whether the newest one is plainly among those of the application: its script
	 * is where Flyway looks for it.
	 * @return {@code false} as well if that cannot be determined
	 */
	boolean newestIsKnown() {
		DataSource dataSource = this.configuration.getDataSource();
		if (dataSource == null) {
			return false;
		}
		try (Connection connection = dataSource.getConnection()) {
			return newest(connection).map(this::isKnown).orElse(false);
		}
		catch (SQLException ex) {
			// Unknown here: then Flyway is asked, which says what is wrong.
			return false;
		}
	}

	private Optional<Applied> newest(Connection connection) throws SQLException {
		String table = '"' + this.configuration.getTable().replace("\"", "\"\"") + '"';
		Stream.Builder<Applied> applied = Stream.builder();
		try (Statement statement = connection.createStatement();
				ResultSet result = statement
					.executeQuery("SELECT version, type, script FROM " + table + " WHERE version IS NOT NULL")) {
			while (result.next()) {
				applied.add(new Applied(MigrationVersion.fromVersion(result.getString(1)), result.getString(2),
						result.getString(3)));
			}
		}
		return applied.build().max(Comparator.comparing(Applied::version));
	}

	private boolean isKnown(Applied applied) {
		return switch (applied.type) {
			// A version from which on migrations are applied, and none itself.
			case "BASELINE" -> true;
			case "SQL" -> locations().anyMatch((location) -> hasScript(location, applied.script));
			case "JDBC" -> isJavaMigration(applied.script);
			default -> false;
		};
	}

	private Stream<Location> locations() {
		return Arrays.stream(this.configuration.getLocations()).filter((location) -> location.getPathRegex() == null);
	}

	private boolean hasScript(Location location, String script) {
		if (location.getPrefix().equals("filesystem:")) {
			return isFile(Path.of(location.getRootPath(), script));
		}
		return location.getPrefix().equals("classpath:") && isOnClassPath(location.getRootPath() + "/" + script);
	}

	private static boolean isFile(Path file) {
		try {
			return Files.readAttributes(file, BasicFileAttributes.class).isRegularFile();
		}
		catch (IOException ex) {
			// Not there, or unknown: then Flyway is asked.
			return false;
		}
	}

	private boolean isJavaMigration(String className) {
		return Arrays.stream(this.configuration.getJavaMigrations())
			.anyMatch((migration) -> migration.getClass().getName().equals(className))
				|| locations().anyMatch((location) -> isIn(location, className.replace('.', '/') + ".class"));
	}

	private boolean isIn(Location location, String classFile) {
		return location.getPrefix().equals("classpath:") && classFile.startsWith(location.getRootPath() + "/")
				&& isOnClassPath(classFile);
	}

	private boolean isOnClassPath(String name) {
		return this.configuration.getClassLoader().getResource(name) != null;
	}

	/**
	 * A line of the history.
	 */
	private record Applied(MigrationVersion version, String type, String script) {
	}

}
