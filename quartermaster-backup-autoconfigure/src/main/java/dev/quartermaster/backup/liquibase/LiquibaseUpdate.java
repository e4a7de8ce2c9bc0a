/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.liquibase;

import java.lang.reflect.Method;
import java.sql.Connection;

import javax.sql.DataSource;

import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.integration.commandline.LiquibaseCommandLineConfiguration;
import liquibase.integration.spring.SpringLiquibase;

/**
 * The update that a {@link SpringLiquibase} is about to do when it is initialized, so
 * that a snapshot can be taken first. What cannot be determined for sure is answered as
 * if it changed the schema.
 */
public final class LiquibaseUpdate {

	private final SpringLiquibase liquibase;

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
	public boolean isPending() {
		DataSource dataSource = this.liquibase.getDataSource();
		if (dataSource == null || this.liquibase.isDropFirst() || this.liquibase.isClearCheckSums() || isCustomized()) {
			return true;
		}
		try (Connection connection = dataSource.getConnection();
				Liquibase asked = SpringLiquibaseInternals.create(this.liquibase, connection)) {
			return isPending(asked);
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Liquibase could not list what it would run", ex);
		}
	}

	/**
	 * Do the same update with another data source. Everything else is that of the bean,
	 * which is as it was before in the end.
	 * @param dataSource the data source
	 * @throws LiquibaseException if the update fails
	 */
	public void runOn(DataSource dataSource) throws LiquibaseException {
		DataSource own = this.liquibase.getDataSource();
		this.liquibase.setDataSource(dataSource);
		try {
			this.liquibase.afterPropertiesSet();
		}
		finally {
			this.liquibase.setDataSource(own);
		}
	}

	private boolean isPending(Liquibase asked) throws Exception {
		Database database = asked.getDatabase();
		try {
			return !asked
				.listUnrunChangeSets(new Contexts(this.liquibase.getContexts()),
						new LabelExpression(this.liquibase.getLabelFilter()), false)
				.isEmpty();
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
	private boolean isCustomized() {
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
