/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.liquibase;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.ChangeSets;
import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SchemaHistory;
import dev.quartermaster.backup.SqliteBackupService;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.filter.ChangeSetFilter;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.integration.spring.SpringLiquibase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change sets in the change logs of an application. Each is read once, for an empty
 * database in memory, so that nobody waits for its data source.
 */
public final class LiquibaseMigrations implements ReleaseMigrations.Source {

	private static final Logger logger = LoggerFactory.getLogger(LiquibaseMigrations.class);

	private final Supplier<Stream<SpringLiquibase>> liquibases;

	private final Function<DataSource, SqliteBackupService> backups;

	private final Map<SpringLiquibase, ChangeSets> found = Collections.synchronizedMap(new WeakHashMap<>());

	/**
	 * Create a new instance.
	 * @param liquibases gives what updates the databases of the application
	 * @param backups gives the service of the database behind a data source
	 */
	public LiquibaseMigrations(Supplier<Stream<SpringLiquibase>> liquibases,
			Function<DataSource, SqliteBackupService> backups) {
		this.liquibases = liquibases;
		this.backups = backups;
	}

	@Override
	public Optional<ReleaseMigrations> of(Path database, String tool) {
		if (!tool.equals(SchemaHistory.LIQUIBASE)) {
			return Optional.empty();
		}
		List<SpringLiquibase> own = this.liquibases.get().filter((liquibase) -> isOf(liquibase, database)).toList();
		if (own.isEmpty() || own.stream().anyMatch((liquibase) -> new LiquibaseUpdate(liquibase).isCustomized())) {
			return Optional.empty();
		}
		return Optional.of(together(own.stream()
			.map((liquibase) -> this.found.computeIfAbsent(liquibase, LiquibaseMigrations::foundBy))
			.toList()));
	}

	private boolean isOf(SpringLiquibase liquibase, Path database) {
		DataSource dataSource = liquibase.getDataSource();
		try {
			return dataSource != null && this.backups.apply(dataSource).isOf(database);
		}
		catch (BackupException ex) {
			logger.debug("This Liquibase is of another database", ex);
			return false;
		}
	}

	/**
	 * Several may share one history.
	 */
	private static ChangeSets together(Collection<ChangeSets> all) {
		Set<ChangeSets.ChangeSet> known = new HashSet<>();
		Set<ChangeSets.ChangeSet> wanted = new HashSet<>();
		all.forEach((one) -> {
			known.addAll(one.known());
			wanted.addAll(one.wanted());
		});
		return new ChangeSets(known, wanted);
	}

	/**
	 * Return the change sets in the change log of a Liquibase.
	 * @param liquibase the Liquibase, whose database is not looked at
	 * @return its change sets
	 */
	public static ChangeSets foundBy(SpringLiquibase liquibase) {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
				Liquibase asked = SpringLiquibaseInternals.create(liquibase, connection)) {
			List<ChangeSetFilter> filters = List.of(new ContextChangeSetFilter(new Contexts(liquibase.getContexts())),
					new LabelChangeSetFilter(new LabelExpression(liquibase.getLabelFilter())),
					new DbmsChangeSetFilter(asked.getDatabase()), new IgnoreChangeSetFilter());
			Set<ChangeSets.ChangeSet> known = new HashSet<>();
			Set<ChangeSets.ChangeSet> wanted = new HashSet<>();
			for (ChangeSet changeSet : asked.getDatabaseChangeLog().getChangeSets()) {
				ChangeSets.ChangeSet own = ChangeSets.ChangeSet.of(changeSet.getId(), changeSet.getAuthor(),
						changeSet.getFilePath());
				known.add(own);
				if (filters.stream().allMatch((filter) -> filter.accepts(changeSet).isAccepted())) {
					wanted.add(own);
				}
			}
			return new ChangeSets(known, wanted);
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Liquibase could not read its change log", ex);
		}
	}

}
