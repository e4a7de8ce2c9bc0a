/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;
import java.util.Objects;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A subcommand that has to do with one database, and must be told which if there are
 * several.
 */
abstract class SingleDatabaseCommand extends DatabaseCommand {

	private @Nullable String origin;

	private @Nullable MigrationsOfRelease migrations;

	private @Nullable ApplicationConfiguration configuration;

	private @Nullable CopiedResources resources;

	@Override
	final int run(ApplicationConfiguration configuration, BackupSettings settings, Console console,
			ProgressBar progress) {
		SqliteDatabase database = database(configuration);
		this.configuration = configuration;
		this.origin = configuration.origin(database);
		this.migrations = new MigrationsOfRelease(configuration.properties().values(), settings.application());
		try (CopiedResources opened = new CopiedResources(configuration.properties().values())) {
			this.resources = opened;
			return run(service(database, configuration, settings, progress),
					settingsFor(database, configuration, settings), console, progress);
		}
	}

	/**
	 * Do the work.
	 * @return the exit code
	 */
	abstract int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress);

	/**
	 * Return the migrations that this release has.
	 */
	final MigrationsOfRelease migrations() {
		return Objects.requireNonNull(this.migrations);
	}

	/**
	 * Return the settings that the application starts with, whatever the command was told
	 * about the directory.
	 */
	final BackupSettings settingsOfStart() {
		return Objects.requireNonNull(this.configuration).settings(null);
	}

	/**
	 * Return whether the application is configured to start without backups.
	 */
	final boolean isSwitchedOff() {
		return "false".equalsIgnoreCase(Objects.requireNonNull(this.configuration)
			.properties()
			.values()
			.getOrDefault(ApplicationProperties.BACKUP + "enabled", "")
			.strip());
	}

	/**
	 * Return what gives the resources at the locations of copies.
	 */
	final CopiedResources resources() {
		return Objects.requireNonNull(this.resources);
	}

	/**
	 * Return the locations of the places that the application copies its snapshots to.
	 */
	final List<String> copyLocations() {
		ApplicationProperties properties = Objects.requireNonNull(this.configuration).properties();
		String reason = properties.unresolved().get(ApplicationProperties.COPIES);
		if (reason != null) {
			throw new BackupException("The property " + ApplicationProperties.COPIES + " is invalid: " + reason,
					"Correct it.", null);
		}
		return ConfiguredPlace.split(properties.values().getOrDefault(ApplicationProperties.COPIES, ""));
	}

	/**
	 * Return where the application is configured with this database, or {@code null} if
	 * it was given outright.
	 */
	final @Nullable String origin() {
		return this.origin;
	}

}
