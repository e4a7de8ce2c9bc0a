/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * The databases that the connections of a data source attach to the one that they open.
 * Each is a file of its own, which a migration can change like the main one.
 *
 * @see <a href="https://www.sqlite.org/lang_attach.html">ATTACH DATABASE</a>
 */
final class AttachedDatabases {

	private static final Pattern ATTACH = Pattern.compile("(?i)\\battach\\b");

	private static final List<String> NOT_ATTACHED = List.of("main", "temp");

	private AttachedDatabases() {
	}

	/**
	 * Return whether a pool shows that its connections attach something, so that it is
	 * worth asking one.
	 */
	static boolean mayBeIn(DataSource dataSource) {
		return PoolSettings.statements(dataSource).stream().anyMatch(AttachedDatabases::isIn);
	}

	/**
	 * Return whether a statement attaches something.
	 */
	static boolean isIn(String sql) {
		return ATTACH.matcher(sql).find();
	}

	/**
	 * Return the files that a connection has attached.
	 * @param connection the connection, which stays open
	 * @param main the database that it opened
	 * @return the attached databases that have a file, by the names of their schemas
	 */
	static Map<String, LiveDatabase> of(Connection connection, LiveDatabase main) throws SQLException {
		Map<String, LiveDatabase> attached = new LinkedHashMap<>();
		try (Statement statement = connection.createStatement();
				ResultSet databases = statement.executeQuery("PRAGMA database_list")) {
			while (databases.next()) {
				String schema = databases.getString("name");
				@Nullable String file = databases.getString("file");
				if (!NOT_ATTACHED.contains(schema) && file != null && !file.isEmpty()) {
					attached.put(schema, new LiveDatabase(FileNames.path(file), main.access()));
				}
			}
		}
		return attached;
	}

}
