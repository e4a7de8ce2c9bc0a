/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.quartermaster.backup.FoundDatabases.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQLite databases of an application, each with its service.
 * <p>
 * A database is a file. It is named like its data source, without {@code DataSource} at
 * the end, unless that would be the name of another one as well: then both keep their
 * whole names. Two data sources of one file are one database. What the connections of a
 * data source attach is a database of its own, named like the data source and the schema.
 * What is not a SQLite file is left out as long as there is one.
 * <p>
 * Databases whose snapshots would mix, because they have the same file name and one
 * directory was chosen for all, get directories of their own, see
 * {@link SnapshotDirectories}. So to find the directory of one is to look at all of them,
 * but none is opened for that: one that has not been used yet counts if its data source
 * has been made and shows its URL.
 * <p>
 * Everything is looked up when it is needed and never before. Instances are safe for use
 * by several threads.
 */
public final class SqliteBackupRegistry {

	private static final Logger logger = LoggerFactory.getLogger(SqliteBackupRegistry.class);

	private final DatabaseCandidates candidates;

	private final BackupSettings settings;

	private final BackupListener listener;

	private final DefaultServices standard = new DefaultServices(this::make);

	private final NamesakeLog namesakes;

	/**
	 * Create a new instance. Nothing is looked up yet.
	 * @param candidates what may be a database of the application
	 * @param settings how snapshots are taken
	 * @param listener the listener to every backup
	 */
	public SqliteBackupRegistry(DatabaseCandidates candidates, BackupSettings settings, BackupListener listener) {
		this.candidates = candidates;
		this.settings = settings;
		this.listener = listener;
		this.namesakes = new NamesakeLog(settings);
	}

	/**
	 * Return the databases of the application. If there is no SQLite file among them, the
	 * first of them is returned all the same: asked for a snapshot, it says why there is
	 * none.
	 * @return their services by name, the preferred database first; never empty
	 * @throws UnsupportedDatabaseException if the application has no database at all
	 */
	public Map<String, SqliteBackupService> all() {
		Map<String, SqliteBackupService> all = new LinkedHashMap<>();
		atLeastOne().forEach((database) -> all.put(database.name(), database.service()));
		return Collections.unmodifiableMap(all);
	}

	/**
	 * Return the databases whose files are known without asking for a connection.
	 * @return their services, which may be none
	 */
	public List<SqliteBackupService> located() {
		return List.copyOf(locatedByName().values());
	}

	/**
	 * Return the same databases as {@link #located()}.
	 * @return their services by name, the preferred database first
	 */
	public Map<String, SqliteBackupService> locatedByName() {
		Map<String, SqliteBackupService> located = new LinkedHashMap<>();
		for (Database database : databases(this.candidates.madeDataSources(), false)) {
			if (database.file() != null) {
				located.put(database.name(), database.service());
			}
		}
		return located;
	}

	/**
	 * Return the database of a name, or all if none is given.
	 * @param name the name of a database, or the whole name of a data source of it;
	 * {@code null} or blank for all
	 * @return their services by name; never empty
	 * @throws UnknownDatabaseException if there is none of that name
	 * @throws UnsupportedDatabaseException if the application has no database at all
	 */
	public Map<String, SqliteBackupService> select(@Nullable String name) {
		if (name == null || name.isBlank()) {
			return all();
		}
		List<Database> databases = atLeastOne();
		Database found = databases.stream()
			.filter((database) -> database.name().equals(name))
			.findFirst()
			.or(() -> databases.stream().filter((database) -> database.isCalled(name)).findFirst())
			.orElseThrow(() -> unknown(databases));
		return Map.of(found.name(), found.service());
	}

	/**
	 * Return the service of the database of a name.
	 * @param name the name of the database, or the whole name of a data source of it
	 * @return its service
	 * @throws UnknownDatabaseException if there is none of that name
	 * @throws UnsupportedDatabaseException if the application has no database at all
	 */
	public SqliteBackupService named(String name) {
		if (name.isBlank()) {
			throw unknown(atLeastOne());
		}
		return select(name).values().iterator().next();
	}

	private static UnknownDatabaseException unknown(List<Database> databases) {
		return UnknownDatabaseException.noneOf(databases.stream().map(Database::name).toList());
	}

	/**
	 * Return the service of the database behind a data source: the one that the
	 * application has defined for it, or one like those of its other databases. Nothing
	 * is opened yet.
	 * @param dataSource the data source, which may be one that the application did not
	 * name
	 * @return its service
	 */
	public SqliteBackupService of(DataSource dataSource) {
		return definedFor(dataSource, this.candidates.services()).or(() -> this.standard.existing(dataSource))
			// Not kept: others may come with a new data source for every migration.
			.orElseGet(() -> make(dataSource));
	}

	/**
	 * Return the service of a database that was found in another way than by a data
	 * source. Nothing is opened yet.
	 * @param database the database
	 * @return its service
	 */
	public SqliteBackupService of(SqliteDatabase database) {
		return make(database, List::of);
	}

	/**
	 * Return the service of the database behind a data source like
	 * {@link #of(DataSource)}, but only if there is something in the database and the
	 * data source shows where that is. It is asked for no connection: it may be of a
	 * server that is down, and a file that is not there is not made.
	 * @param dataSource the data source, which may still be in the making
	 * @return its service, or empty if there is nothing to take one of, or that cannot be
	 * determined; never fails
	 */
	public Optional<SqliteBackupService> withoutConnection(DataSource dataSource) {
		try {
			LiveDatabase live = SqliteDatabase.of(dataSource).liveWithoutConnection();
			if (live == null) {
				logger.debug("The data source {} does not show its URL", dataSource.getClass().getName());
			}
			else if (FileState.isKnownToBeEmpty(live.file())) {
				logger.debug("There is no data in {} yet", live.file());
			}
			else {
				return Optional
					.of(AttachedDatabases.mayBeIn(dataSource) ? make(dataSource) : of(SqliteDatabase.of(live)));
			}
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("There is no file to be backed up behind a data source", Secrets.mask(ex));
		}
		return Optional.empty();
	}

	/**
	 * Keep what is left of a database whose file is gone, if there is anything, and say
	 * so: a write-ahead log or a journal, which the first connection would remove.
	 * @param dataSource the data source, which is asked for no connection; never fails
	 */
	public void keepOrphanedJournal(DataSource dataSource) {
		try {
			Path file = SqliteDatabase.of(dataSource).fileWithoutConnection();
			if (file != null) {
				OrphanedJournal.requireNone(file, LocalDateTime.now(this.settings.timeZone()));
			}
		}
		catch (OrphanedJournalException ex) {
			logger.warn("{}", ex.getMessage());
		}
		catch (RuntimeException | LinkageError ex) {
			// Whoever takes a snapshot of it says why there is none.
			logger.debug("It could not be determined whether the file behind a data source is gone", Secrets.mask(ex));
		}
	}

	private static Optional<SqliteBackupService> definedFor(DataSource dataSource,
			Map<String, SqliteBackupService> defined) {
		return defined.values().stream().filter((service) -> service.context().database().isOf(dataSource)).findFirst();
	}

	/**
	 * Return the service that a data source of the application gets if the application
	 * does not define one for it. Nothing is opened yet.
	 * @param dataSource the data source
	 * @return its service, the same for each call
	 */
	public SqliteBackupService standard(DataSource dataSource) {
		return this.standard.of(dataSource);
	}

	private SqliteBackupService make(DataSource dataSource) {
		return make(SqliteDatabase.of(dataSource),
				() -> this.candidates.targets(dataSource).stream().map(this::of).toList());
	}

	private SqliteBackupService make(SqliteDatabase database, Supplier<List<SqliteBackupService>> targets) {
		BackupContext context = BackupContext.of(database, this.settings, this.listener)
			.withDirectories(this::directoryFor);
		return new SqliteBackupService(context, targets);
	}

	private Path directoryFor(Path file) {
		Map<String, Path> files = new LinkedHashMap<>();
		Path real = RealPath.of(file);
		// Whoever asks may use the last connection of a pool, or be about to migrate.
		for (Database database : databases(this.candidates.madeDataSources(), false)) {
			Path other = database.file();
			if (real.equals(other) && database.service().context().directories() == null) {
				// The application chose where the snapshots of this one go.
				return database.service().directory();
			}
			if (other != null) {
				files.put(database.name(), other);
			}
		}
		SnapshotDirectories directories = new SnapshotDirectories(this.settings, files);
		Path directory = directories.directoryFor(file);
		List<Path> namesakes = directories.namesakes(file);
		if (!namesakes.isEmpty()) {
			this.namesakes.log(file, directory, namesakes);
		}
		return directory;
	}

	private List<Database> atLeastOne() {
		Map<String, DataSource> dataSources = this.candidates.dataSources();
		this.standard.retain(dataSources.values(), this.candidates.services().values());
		List<Database> databases = databases(dataSources, true);
		if (databases.isEmpty()) {
			throw new UnsupportedDatabaseException("The application has no database",
					"Configure one, for example with spring.datasource.url=jdbc:sqlite:app.db.", null);
		}
		return databases;
	}

	private List<Database> databases(Map<String, DataSource> dataSources, boolean mayConnect) {
		Map<String, SqliteBackupService> defined = this.candidates.services();
		Set<String> beans = new HashSet<>(this.candidates.dataSourceNames());
		beans.addAll(dataSources.keySet());
		beans.addAll(defined.keySet());
		DatabaseNames names = new DatabaseNames(beans);
		FoundDatabases found = new FoundDatabases(mayConnect);
		dataSources.forEach((bean, dataSource) -> found.add(names.of(bean), bean,
				definedFor(dataSource, defined).orElseGet(() -> standard(dataSource))));
		defined.forEach((bean, service) -> {
			// That of a data source that was left out leads nowhere either.
			if (!this.standard.contains(service)
					|| dataSources.values().stream().anyMatch(service.context().database()::isOf)) {
				found.addDefined(bean, service);
			}
		});
		found.addAttached();
		return found.result();
	}

}
