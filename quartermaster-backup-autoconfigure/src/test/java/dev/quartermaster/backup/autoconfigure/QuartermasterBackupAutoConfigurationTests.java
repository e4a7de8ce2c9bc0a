/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

/**
 * Tests for {@link QuartermasterBackupAutoConfiguration}.
 */
class QuartermasterBackupAutoConfigurationTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = this.directory.resolve("app.db");
	}

	@Test
	void serviceBacksUpTheDataSource() {
		TestDatabase.create(this.database, 2);
		sqlite().run((context) -> {
			BackupResult result = context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(result).asInstanceOf(type(BackupResult.Created.class))
				.satisfies((created) -> assertThat(TestDatabase.items(created.snapshot().file()))
					.containsExactly("item 1", "item 2"));
		});
	}

	@Test
	void serviceUsesTheProperties() {
		TestDatabase.create(this.database, 2);
		Path chosen = this.directory.resolve("chosen");
		sqlite().withPropertyValues("quartermaster.backup.dir=" + chosen).run((context) -> {
			context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(BackupDirectory.files(chosen)).hasSize(1);
			assertThat(Migrations.snapshots(this.database)).isEmpty();
		});
	}

	@Test
	void nothingIsOpenedOrCreatedAtStart() {
		sqlite().run((context) -> {
			assertThat(context).hasSingleBean(SqliteBackupService.class);
			assertThat(this.directory).isEmptyDirectory();
		});
	}

	@Test
	void backsOffWhenDisabled() {
		sqlite().withPropertyValues("quartermaster.backup.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Contexts.ourBeans(context)).isEmpty();
		});
	}

	@Test
	void backsOffWithoutDataSource() {
		Contexts.runner().withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2")).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(DataSource.class);
			assertThat(context).doesNotHaveBean(SqliteBackupService.class);
		});
	}

	@Test
	void backsOffWithoutSqliteOnTheClassPath() {
		Contexts.runner()
			.withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + this.directory.getFileName(),
					"spring.flyway.enabled=false")
			.withClassLoader(new FilteredClassLoader("org.sqlite"))
			.run((context) -> {
				assertThat(context).hasSingleBean(DataSource.class);
				assertThat(Contexts.ourBeans(context)).isEmpty();
			});
	}

	@Test
	void backsOffWithSeveralDataSourcesAndNoPrimaryOne() {
		Contexts.runner()
			.withBean("first", DataSource.class, SQLiteDataSource::new)
			.withBean("second", DataSource.class, SQLiteDataSource::new)
			.withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).doesNotHaveBean(SqliteBackupService.class);
			});
	}

	@Test
	void serviceIsOfThePrimaryDataSource() {
		TestDatabase.create(this.database, 1);
		sqlite().withBean("first", DataSource.class, SQLiteDataSource::new)
			.withBean("second", DataSource.class, () -> Contexts.dataSource(this.database),
					(definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context.getBean(SqliteBackupService.class).backup(null).database())
				.isEqualTo(this.database));
	}

	@Test
	void backsOffWithServiceOfTheUser() {
		SqliteBackupService users = new SqliteBackupService(SqliteDatabase.of(this.database),
				Contexts.settings(this.directory.resolve("chosen")), BackupListener.NONE);
		sqlite().withBean("users", SqliteBackupService.class, () -> users)
			.run((context) -> assertThat(context.getBean(SqliteBackupService.class)).isSameAs(users));
	}

	@Test
	void backsOffWithSettingsOfTheUser() {
		TestDatabase.create(this.database, 1);
		BackupSettings users = Contexts.settings(this.directory.resolve("chosen"));
		sqlite().withBean("users", BackupSettings.class, () -> users).run((context) -> {
			assertThat(context.getBean(BackupSettings.class)).isSameAs(users);
			context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(BackupDirectory.files(this.directory.resolve("chosen"))).hasSize(1);
		});
	}

	@Test
	void databaseOtherThanSqliteStartsWithoutAWord() {
		Contexts.runner()
			.withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + this.directory.getFileName(),
					"spring.flyway.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(this.log.ours()).isEmpty();
			});
	}

	private ApplicationContextRunner sqlite() {
		return Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST)
			.withPropertyValues("spring.flyway.enabled=false");
	}

}
