/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A database with data in a directory of its own, and the snapshots beside it.
 */
record Inventory(Path directory) {

	static Inventory create(Path directory) {
		Inventory inventory = new Inventory(directory);
		inventory.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR(255))");
		inventory.execute("INSERT INTO item (name) VALUES ('kettle')");
		return inventory;
	}

	String url() {
		return url(this.directory.resolve("app.db"));
	}

	private static String url(Path file) {
		return "jdbc:sqlite:" + file;
	}

	void execute(String sql) {
		try (Connection connection = DriverManager.getConnection(url());
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	List<String> items() {
		return items(this.directory.resolve("app.db"));
	}

	static List<String> items(Path file) {
		List<String> items = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection(url(file));
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT name FROM item ORDER BY id")) {
			while (result.next()) {
				items.add(result.getString(1));
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return items;
	}

	List<Path> snapshots() {
		Path backups = this.directory.resolve("backups");
		if (!Files.exists(backups)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(backups)) {
			return files.filter((file) -> file.getFileName().toString().matches("[^.].*\\.db")).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
