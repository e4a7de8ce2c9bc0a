/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.liquibase;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.PendingChanges;
import liquibase.Contexts;
import liquibase.GlobalConfiguration;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.integration.commandline.LiquibaseCommandLineConfiguration;
import liquibase.integration.spring.SpringLiquibase;

/**
 * The update that a {@link SpringLiquibase} is about to do when it is initialized, so
 * that a snapshot can be taken first. What cannot be determined for sure is answered as
 * if it changed the schema.
 */
public final class LiquibaseUpdate implements PendingChanges {

	/**
	 * Where classes come from that do nothing but close the data source afterwards.
	 */
	private static final String SPRING_BOOT = "org.springframework.boot.";

	private static final String INITIALIZATION = "afterPropertiesSet";

	private final SpringLiquibase liquibase;

	private List<String> names = List.of();

	/**
	 * Create a new instance.
	 * @param liquibase has all of its properties and is not initialized yet
	 */
	public LiquibaseUpdate(SpringLiquibase liquibase) {
		this.liquibase = liquibase;
	}

	/**
	 * Return whether Liquibase was told to run, by those who configure all of it.
	 * @return {@code false} if it will not
	 */
	public static boolean isWanted() {
		return !Boolean.FALSE.equals(LiquibaseCommandLineConfiguration.SHOULD_RUN.getCurrentValue());
	}

	/**
	 * Return whether it will run at all.
	 * @return {@code false} if it is switched off
	 */
	public boolean willRun() {
		return isWanted() && SpringLiquibaseInternals.mayRun(this.liquibase);
	}

	/**
	 * Return whether it will change anything. It is only asked for what it would run: it
	 * does not even make its history table.
	 * @return {@code false} only if there is nothing to run
	 */
	@Override
	public boolean areAny() {
		DataSource dataSource = this.liquibase.getDataSource();
		if (dataSource == null || this.liquibase.isDropFirst() || this.liquibase.isClearCheckSums() || isCustomized()) {
			return true;
		}
		try (Connection connection = dataSource.getConnection();
				Liquibase asked = SpringLiquibaseInternals.create(this.liquibase, connection)) {
			return areAny(asked);
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Liquibase could not list what it would run", ex);
		}
	}

	/**
	 * Return the change sets like the history does, by identifier and author.
	 */
	@Override
	public List<String> names() {
		return this.names;
	}

	/**
	 * Return whether the update is done when the bean has been initialized, by the thread
	 * that did that.
	 * @return {@code false} if a class of the application may hand it to another one,
	 * which would ask for the data source later
	 */
	public boolean isDoneAtOnce() {
		for (Class<?> type = this.liquibase.getClass(); type != SpringLiquibase.class; type = type.getSuperclass()) {
			if (!type.getName().startsWith(SPRING_BOOT) && Stream.of(type.getDeclaredMethods())
				.anyMatch((method) -> method.getName().equals(INITIALIZATION))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Do the same update with the data source of a copy. Everything else is that of the
	 * bean, which is as it was before in the end. A lock of Liquibase in the copy is of
	 * whoever had it when that was made, and does not count.
	 * @param dataSource the data source
	 * @throws LiquibaseException if the update fails
	 * @throws SQLException if the lock cannot be released
	 */
	public void runOn(DataSource dataSource) throws LiquibaseException, SQLException {
		releaseLock(dataSource);
		DataSource own = this.liquibase.getDataSource();
		this.liquibase.setDataSource(dataSource);
		try {
			this.liquibase.afterPropertiesSet();
		}
		finally {
			this.liquibase.setDataSource(own);
		}
	}

	private void releaseLock(DataSource dataSource) throws SQLException {
		String own = this.liquibase.getDatabaseChangeLogLockTable();
		String table = (own != null) ? own : GlobalConfiguration.DATABASECHANGELOGLOCK_TABLE_NAME.getCurrentValue();
		try (Connection connection = dataSource.getConnection();
				PreparedStatement exists = connection
					.prepareStatement("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")) {
			exists.setString(1, table);
			try (ResultSet found = exists.executeQuery()) {
				if (!found.next()) {
					return;
				}
			}
			try (Statement statement = connection.createStatement()) {
				statement.execute("UPDATE \"" + table.replace("\"", "\"\"")
						+ "\" SET LOCKED = 0, LOCKGRANTED = NULL, LOCKEDBY = NULL");
			}
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
		}
	}

	private boolean areAny(Liquibase asked) throws Exception {
		Database database = asked.getDatabase();
		try {
			List<ChangeSet> changeSets = asked.listUnrunChangeSets(new Contexts(this.liquibase.getContexts()),
					new LabelExpression(this.liquibase.getLabelFilter()), false);
			this.names = changeSets.stream().map((change) -> change.getId() + "::" + change.getAuthor()).toList();
			return !this.names.isEmpty();
		}
		finally {
			// What it remembers must not outlive the question, since others may get the
			// same connection.
			Scope.getCurrentScope()
				.getSingleton(ChangeLogHistoryServiceFactory.class)
				.getChangeLogService(database)
				.reset();
		}
	}

	/**
	 * Return whether code of the application takes part, which might change something
	 * when it is only asked.
	 */
	boolean isCustomized() {
		if (this.liquibase.getCustomizer() != null) {
			return true;
		}
		for (Class<?> type = this.liquibase.getClass(); type != SpringLiquibase.class; type = type.getSuperclass()) {
			for (Method method : type.getDeclaredMethods()) {
				if (method.getName().startsWith("create") || method.getName().equals("performUpdate")) {
					return true;
				}
			}
		}
		return false;
	}

}
