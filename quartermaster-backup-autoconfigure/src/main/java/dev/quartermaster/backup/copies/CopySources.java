/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.SnapshotDirectories;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import org.jspecify.annotations.Nullable;

/**
 * The databases whose snapshots are copied elsewhere: those of the application, and those
 * that are no beans of it but had a backup. Where two have the same file name, each has a
 * folder of its own at every place, named as it would be in one backup directory.
 */
final class CopySources {

	/**
	 * Stands for a place, whichever that is.
	 */
	private static final Path PLACE = Path.of("place").toAbsolutePath();

	private final Supplier<@Nullable SqliteBackupRegistry> registry;

	private final Set<Path> heardOf = ConcurrentHashMap.newKeySet();

	CopySources(Supplier<@Nullable SqliteBackupRegistry> registry) {
		this.registry = registry;
	}

	/**
	 * Remember a database that had a backup.
	 */
	void heardOf(Path database) {
		this.heardOf.add(RealPath.of(database));
	}

	/**
	 * Return the databases that are known by now. No connection is made.
	 */
	List<CopySource> all() {
		SqliteBackupRegistry databases = this.registry.get();
		return (databases != null) ? of(databases) : List.of();
	}

	private List<CopySource> of(SqliteBackupRegistry databases) {
		Map<String, SqliteBackupService> services = new LinkedHashMap<>(databases.locatedByName());
		Set<Path> located = services.values()
			.stream()
			.map((service) -> RealPath.of(service.database()))
			.collect(Collectors.toSet());
		this.heardOf.stream()
			.filter((file) -> !located.contains(file))
			.sorted()
			.forEach((file) -> services.put(file.toString(), databases.of(SqliteDatabase.of(file))));
		return withFolders(services);
	}

	private static List<CopySource> withFolders(Map<String, SqliteBackupService> services) {
		Map<String, Path> files = new LinkedHashMap<>();
		services.forEach((name, service) -> files.put(name, service.database()));
		SnapshotDirectories directories = new SnapshotDirectories(BackupSettings.DEFAULTS.withDirectory(PLACE), files);
		List<CopySource> sources = new ArrayList<>();
		services.values().forEach((service) -> {
			String folder = PLACE.relativize(directories.directoryFor(service.database())).toString();
			sources.add(new CopySource(service, folder.isEmpty() ? "" : folder + "/"));
		});
		return sources;
	}

}
