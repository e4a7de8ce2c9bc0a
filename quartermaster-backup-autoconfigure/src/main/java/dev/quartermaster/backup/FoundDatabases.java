/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The candidates that are SQLite databases, each once, whatever it is called.
 */
final class FoundDatabases {

	private static final Logger logger = LoggerFactory.getLogger(FoundDatabases.class);

	private final boolean mayConnect;

	private final List<Database> databases = new ArrayList<>();

	private final List<Database> unsupported = new ArrayList<>();

	/**
	 * Create a new instance.
	 * @param mayConnect whether data sources may be asked for a connection, where only
	 * that tells what is behind them
	 */
	FoundDatabases(boolean mayConnect) {
		this.mayConnect = mayConnect;
	}

	/**
	 * Add what is behind a data source. If it is the same database as that of one before,
	 * its names become further names of that.
	 * @param name the name of the database
	 * @param bean the name of the data source
	 * @param service its service
	 */
	void add(String name, String bean, SqliteBackupService service) {
		Database same = addIfNew(new Database(name, service, bean));
		if (same != null) {
			same.aliases.add(name);
			same.aliases.add(bean);
		}
	}

	/**
	 * Add a service that the application has defined. If it is of a database that was
	 * added before, it is the service of that one from now on.
	 * @param bean the name of the service
	 * @param service the service
	 */
	void addDefined(String bean, SqliteBackupService service) {
		for (Database known : this.databases) {
			if (known.service == service) {
				known.aliases.add(bean);
				return;
			}
		}
		if (this.unsupported.stream().anyMatch((known) -> known.service == service)) {
			return;
		}
		Database same = addIfNew(new Database(bean, service, bean));
		if (same != null) {
			same.service = service;
			same.aliases.add(bean);
		}
	}

	/**
	 * Add what the databases that were found attach.
	 */
	void addAttached() {
		for (Database database : List.copyOf(result())) {
			attached(database.service())
				.forEach((schema, service) -> add(database.name() + "." + schema, schema, service));
		}
	}

	private Map<String, SqliteBackupService> attached(SqliteBackupService service) {
		if (!this.mayConnect) {
			return ReachableDatabases.attachedAsFarAsKnown(service);
		}
		try {
			return ReachableDatabases.attachedTo(service);
		}
		catch (BackupException ex) {
			// Whoever takes a snapshot of the database itself will say so.
			logger.debug("The databases attached to a database could not be determined yet", Secrets.mask(ex));
			return Map.of();
		}
	}

	private @Nullable Database addIfNew(Database candidate) {
		try {
			SqliteDatabase own = candidate.service.context().database();
			Path located = this.mayConnect ? own.fileByUrl() : own.fileWithoutConnection();
			if (located == null) {
				this.databases.add(candidate);
				return null;
			}
			Path file = RealPath.of(located);
			for (Database database : this.databases) {
				if (file.equals(database.file)) {
					return database;
				}
			}
			candidate.file = file;
			this.databases.add(candidate);
		}
		catch (UnsupportedDatabaseException ex) {
			this.unsupported.add(candidate);
		}
		catch (BackupException ex) {
			// To leave it out would be to conceal that there is no snapshot of it.
			logger.debug("The file of the database {} could not be determined yet", candidate.name, ex);
			this.databases.add(candidate);
		}
		return null;
	}

	/**
	 * Return the databases that were found.
	 * @return those of SQLite, or one that is not if there is no other
	 */
	List<Database> result() {
		return !this.databases.isEmpty() ? this.databases : this.unsupported.stream().limit(1).toList();
	}

	/**
	 * A database, as far as it is known.
	 */
	static final class Database {

		private final String name;

		private final Set<String> aliases = new LinkedHashSet<>();

		private SqliteBackupService service;

		private @Nullable Path file;

		private Database(String name, SqliteBackupService service, String bean) {
			this.name = name;
			this.service = service;
			this.aliases.add(bean);
		}

		String name() {
			return this.name;
		}

		SqliteBackupService service() {
			return this.service;
		}

		/**
		 * Return the real path of the file, or {@code null} if it cannot be determined
		 * now.
		 */
		@Nullable Path file() {
			return this.file;
		}

		/**
		 * Return whether something else by which the database may be called is this: the
		 * whole name of a bean, or a name that it would have without the others.
		 */
		boolean isCalled(String name) {
			return this.aliases.contains(name);
		}

	}

}
