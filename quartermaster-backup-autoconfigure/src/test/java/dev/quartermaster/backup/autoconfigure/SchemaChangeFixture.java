/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.migration.MigrationRefusedException;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of all that changes a schema have in common: a database with one item,
 * and an application without Flyway that changes its schema when it starts.
 */
final class SchemaChangeFixture {

	private final Path directory;

	private final Path database;

	private final RecordedLog log;

	SchemaChangeFixture(Path directory, RecordedLog log) {
		this.directory = directory;
		this.database = directory.resolve("app.db");
		this.log = log;
	}

	Path database() {
		return this.database;
	}

	/**
	 * Return a runner of an application without Flyway, with the configuration of Boot
	 * that makes the bean that does so.
	 */
	static ApplicationContextRunner runner(String url, Class<?> configuration, String... hidden) {
		return Contexts.runner()
			.withClassLoader(new FilteredClassLoader(
					(name) -> name.startsWith("org.flywaydb") || List.of(hidden).stream().anyMatch(name::startsWith)))
			.withConfiguration(AutoConfigurations.of(configuration))
			.withPropertyValues("spring.datasource.url=" + url);
	}

	ApplicationContextRunner sqlite(Class<?> configuration, String... hidden) {
		return runner("jdbc:sqlite:" + this.database, configuration, hidden);
	}

	/**
	 * Return where backups cannot be made.
	 */
	String[] failing(String... more) throws Exception {
		String[] properties = List.of(more).toArray(new String[more.length + 1]);
		properties[more.length] = "quartermaster.backup.dir=" + Contexts.belowRegularFile(this.directory);
		return properties;
	}

	/**
	 * There is one snapshot, with the state from before the change.
	 */
	void assertSnapshot(AssertableApplicationContext context, String reason) {
		assertThat(context).hasNotFailed();
		assertSnapshot(reason);
	}

	void assertSnapshot(String reason) {
		assertThat(Migrations.snapshots(this.database)).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.getFileName().toString()).matches("app-\\d{8}-\\d{6}-" + reason + "\\.db");
			assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
			assertThat(Migrations.tables(snapshot)).doesNotContain("location");
			assertThat(columns(snapshot)).containsExactly("id", "name");
		});
		assertNotIneligible();
	}

	static List<String> columns(Path file) {
		return TestDatabase.query(file, "SELECT name FROM pragma_table_info('item') ORDER BY cid");
	}

	void assertNoSnapshot(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(this.database.resolveSibling("backups")).doesNotExist();
		assertThat(this.log.ours()).isEmpty();
		assertNotIneligible();
	}

	void assertFirstBoot(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(this.database.resolveSibling("backups")).doesNotExist();
		assertThat(messages()).contains("Nothing to back up: there is no data in " + this.database + " yet");
	}

	void assertNotSupported(AssertableApplicationContext context, String why) {
		assertThat(context).hasNotFailed();
		assertThat(messages()).containsOnlyOnce("No snapshot before the migration: " + why);
		assertThat(this.log.ours()).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
	}

	void assertOneWarning(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(this.log.ours()).filteredOn((event) -> event.getLevel() == Level.WARN)
			.singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage())
				.startsWith("NO SNAPSHOT was taken before the migration, which continues without one. "));
	}

	void assertRefused(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		assertThat(context.getStartupFailure()).hasStackTraceContaining(MigrationRefusedException.class.getName());
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
		assertThat(Migrations.tables(this.database)).doesNotContain("location");
		assertThat(columns(this.database)).containsExactly("id", "name");
	}

	/**
	 * No bean was made too early because of a bean post-processor of ours.
	 */
	private void assertNotIneligible() {
		assertThat(this.log.warnings()).extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((message) -> message.contains("BeanPostProcessor"));
	}

	List<String> messages() {
		return this.log.ours().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
