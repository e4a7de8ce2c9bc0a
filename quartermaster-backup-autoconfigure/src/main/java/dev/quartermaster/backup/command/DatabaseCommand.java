/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * The options that the subcommands have in common: which database, and how to print.
 */
abstract class DatabaseCommand implements Callable<Integer> {

	@ParentCommand
	@SuppressWarnings("NullAway.Init")
	private RootCommand parent;

	@Spec
	@SuppressWarnings("NullAway.Init")
	private CommandSpec spec;

	@Option(names = "--url", paramLabel = "URL",
			description = "The database: jdbc:sqlite:app.db, sqlite:///relative.db or sqlite:////absolute.db."
					+ " By default, QUARTERMASTER_DB_URL, then the configuration of the application.")
	private @Nullable String url;

	@Option(names = "--database", paramLabel = "NAME",
			description = "Which database, when the application is configured with several.")
	private @Nullable String database;

	@Option(names = "--dir", paramLabel = "DIR",
			description = "The directory of the snapshots. By default, the one that the application is configured with.")
	private @Nullable String directory;

	@Option(names = "--json", description = "Print JSON.")
	private boolean json;

	@Option(names = "--no-color", description = "Do not print colours, as when NO_COLOR is set.")
	private boolean noColor;

	@Option(names = UnexpectedFailure.DEBUG, description = "Print the stack trace of a failure.")
	private boolean debug;

	private boolean zoneConfigured;

	@Override
	public final Integer call() {
		SqliteDatabase.loadDriverInBackground();
		Console console = new Console(this.spec.commandLine(), this.json);
		ApplicationConfiguration configuration = this.parent.configuration();
		BackupSettings settings = configuration.settings(directory());
		this.zoneConfigured = configuration.hasTimeZone();
		try (ProgressBar progress = new ProgressBar(console)) {
			CommandLog.readBy((warning) -> {
				progress.erase();
				console.note(warning);
			});
			return run(configuration, settings, console, progress);
		}
	}

	private @Nullable Path directory() {
		try {
			return (this.directory != null) ? BackupSettings.directory(this.directory) : null;
		}
		catch (InvalidPathException ex) {
			throw new UsageException("The directory given with --dir is not a valid path: "
					+ Secrets.maskUrl(String.valueOf(ex.getMessage())));
		}
	}

	/**
	 * Do the work.
	 * @param configuration tells which database, as {@link #database} does
	 * @param settings the settings for all databases
	 * @param console where to print the result
	 * @param progress where to show how far it has come
	 * @return the exit code
	 */
	abstract int run(ApplicationConfiguration configuration, BackupSettings settings, Console console,
			ProgressBar progress);

	/**
	 * Return the database that was meant.
	 */
	final SqliteDatabase database(ApplicationConfiguration configuration) {
		return configuration.database(this.url, this.database);
	}

	/**
	 * Return the service of a database.
	 */
	final SqliteBackupService service(SqliteDatabase database, ApplicationConfiguration configuration,
			BackupSettings settings, ProgressBar progress) {
		BackupSettings own = settingsFor(database, configuration, settings);
		// The policy of the application is not that of any database that is named here.
		boolean removes = this.url == null || mayRemoveSnapshotsOfAnyDatabase();
		return new SqliteBackupService(database, removes ? own : own.withRetention(RetentionPolicy.NONE), progress);
	}

	/**
	 * Return whether somebody asked for the removal of snapshots, whichever database is
	 * named.
	 */
	boolean mayRemoveSnapshotsOfAnyDatabase() {
		return false;
	}

	final BackupSettings settingsFor(SqliteDatabase database, ApplicationConfiguration configuration,
			BackupSettings settings) {
		return (this.directory != null) ? settings : configuration.apart(settings, database);
	}

	final @Nullable String url() {
		return this.url;
	}

	final @Nullable String databaseName() {
		return this.database;
	}

	/**
	 * Return how to tell of snapshots.
	 */
	final Descriptions describe() {
		return new Descriptions(this.zoneConfigured);
	}

	final boolean isDebug() {
		return this.debug;
	}

}
