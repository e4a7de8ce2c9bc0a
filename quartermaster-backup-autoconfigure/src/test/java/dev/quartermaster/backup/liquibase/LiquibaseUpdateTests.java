/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.liquibase;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.TestDatabase;
import liquibase.Liquibase;
import liquibase.exception.LiquibaseException;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LiquibaseUpdate}.
 */
class LiquibaseUpdateTests {

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createUpdatedDatabase() throws Exception {
		this.database = this.directory.resolve("app.db");
		configured(new SpringLiquibase()).afterPropertiesSet();
	}

	@Test
	void nothingIsPendingOnceItHasRun() {
		assertThat(new LiquibaseUpdate(configured(new SpringLiquibase())).areAny()).isFalse();
		TestDatabase.execute(this.database, "DELETE FROM DATABASECHANGELOG");
		LiquibaseUpdate update = new LiquibaseUpdate(configured(new SpringLiquibase()));
		assertThat(update.areAny()).isTrue();
		assertThat(update.names()).isNotEmpty().allSatisfy((name) -> assertThat(name).matches("\\S+::\\S+"));
	}

	@Test
	void codeOfTheApplicationMayChangeAnything() {
		assertThat(new LiquibaseUpdate(configured(new Harmless())).areAny()).isFalse();
		assertThat(new LiquibaseUpdate(configured(new Performing())).areAny()).isTrue();
		assertThat(new LiquibaseUpdate(configured(new Creating())).areAny()).isTrue();
		SpringLiquibase customized = configured(new SpringLiquibase());
		customized.setCustomizer((liquibase) -> {
		});
		assertThat(new LiquibaseUpdate(customized).areAny()).isTrue();
	}

	@Test
	void doesNotRunWhenItIsSwitchedOff() {
		SpringLiquibase liquibase = configured(new SpringLiquibase());
		assertThat(new LiquibaseUpdate(liquibase).willRun()).isTrue();
		liquibase.setShouldRun(false);
		assertThat(new LiquibaseUpdate(liquibase).willRun()).isFalse();
	}

	@Test
	void doesNotRunWhenAllOfLiquibaseIsSwitchedOff() {
		assertThat(LiquibaseUpdate.isWanted()).isTrue();
		System.setProperty("liquibase.shouldRun", "false");
		try {
			assertThat(LiquibaseUpdate.isWanted()).isFalse();
			assertThat(new LiquibaseUpdate(configured(new SpringLiquibase())).willRun()).isFalse();
		}
		finally {
			System.clearProperty("liquibase.shouldRun");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DATABASECHANGELOGLOCK", "own_lock" })
	void lockThatWasCopiedDoesNotCount(String table) throws Exception {
		SpringLiquibase liquibase = configured(new SpringLiquibase());
		liquibase.setDatabaseChangeLogLockTable(table);
		DataSource own = liquibase.getDataSource();
		Path copy = this.directory.resolve("copy.db");
		DataSource dataSource = new DriverManagerDataSource(TestDatabase.url(copy));
		new LiquibaseUpdate(liquibase).runOn(dataSource);
		TestDatabase.execute(copy, "DELETE FROM DATABASECHANGELOG", "DROP TABLE note",
				"UPDATE \"" + table + "\" SET LOCKED = 1, LOCKEDBY = 'another'");
		System.setProperty("liquibase.changelogLockWaitTimeInMinutes", "0");
		try {
			new LiquibaseUpdate(liquibase).runOn(dataSource);
		}
		finally {
			System.clearProperty("liquibase.changelogLockWaitTimeInMinutes");
		}
		assertThat(TestDatabase.query(copy, "SELECT count(*) FROM DATABASECHANGELOG")).isNotEqualTo(List.of("0"));
		assertThat(liquibase.getDataSource()).isSameAs(own);
	}

	private <T extends SpringLiquibase> T configured(T liquibase) {
		liquibase.setDataSource(new DriverManagerDataSource(TestDatabase.url(this.database)));
		liquibase.setChangeLog("classpath:liquibase/notes.sql");
		liquibase.setResourceLoader(new DefaultResourceLoader());
		return liquibase;
	}

	/**
	 * A subclass that overrides nothing that matters.
	 */
	static class Harmless extends SpringLiquibase {

		@Override
		public String toString() {
			return "harmless";
		}

	}

	static class Performing extends SpringLiquibase {

		@Override
		protected void performUpdate(Liquibase liquibase) throws LiquibaseException {
			super.performUpdate(liquibase);
		}

	}

	static class Creating extends SpringLiquibase {

		@Override
		protected Liquibase createLiquibase(Connection connection) throws LiquibaseException {
			return super.createLiquibase(connection);
		}

	}

}
