/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directories for the snapshots of several databases, which never mix.
 * <p>
 * The name of a snapshot tells the file name of its database and not the directory, so
 * that databases of the same file name must not share a directory of snapshots. Those
 * that would each get a subdirectory, named like the database. All others go where they
 * would go if they were alone.
 */
public final class SnapshotDirectories {

	private final BackupSettings settings;

	private final Map<Path, String> databases = new LinkedHashMap<>();

	/**
	 * Create a new instance.
	 * @param settings tell where snapshots go when there is no other database
	 * @param databases the files of the databases, by name
	 */
	public SnapshotDirectories(BackupSettings settings, Map<String, Path> databases) {
		this.settings = settings;
		databases.forEach((name, file) -> this.databases.putIfAbsent(RealPath.of(file), name));
	}

	/**
	 * Return the directory for the snapshots of a database.
	 * @param database the file of the database, which need not be one of those with a
	 * name
	 * @return the absolute path of the directory, which may not exist yet
	 */
	public Path directoryFor(Path database) {
		Path shared = this.settings.directoryFor(database);
		if (namesakes(database).isEmpty()) {
			return shared;
		}
		Path file = RealPath.of(database);
		String name = this.databases.getOrDefault(file, String.valueOf(file.getParent()));
		return shared.resolve(asFileName(name));
	}

	/**
	 * Return whose snapshots would be taken for those of a database if they were in the
	 * same directory.
	 * @param database the file of the database
	 * @return the files of the others, which are empty for nearly every database
	 */
	List<Path> namesakes(Path database) {
		Path file = RealPath.of(database);
		return this.databases.keySet()
			.stream()
			.filter((other) -> !other.equals(file) && prefix(other).equals(prefix(file)))
			.toList();
	}

	private Path prefix(Path file) {
		return this.settings.directoryFor(file).resolve(SnapshotName.databaseOf(file));
	}

	/**
	 * Names of beans may hold anything. Two of them never become the same file name.
	 */
	static String asFileName(String name) {
		String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("*", "%2A");
		return encoded.startsWith(".") ? "%2E" + encoded.substring(1) : encoded;
	}

}
