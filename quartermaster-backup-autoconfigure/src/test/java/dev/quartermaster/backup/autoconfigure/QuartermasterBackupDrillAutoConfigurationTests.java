/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.flyway.FlywaySnapshotCheck;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.support.CronTrigger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupDrillAutoConfiguration}.
 */
class QuartermasterBackupDrillAutoConfigurationTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void neverHappensByDefault() {
		runner().run((context) -> assertThat(work(context).trigger()).isNull());
	}

	@Test
	void happensOnSchedule() {
		runner().withPropertyValues("quartermaster.backup.drill.schedule=0 0 4 * * SUN")
			.run((context) -> assertThat(work(context).trigger()).isInstanceOfSatisfying(CronTrigger.class,
					(trigger) -> assertThat(trigger.getExpression()).isEqualTo("0 0 4 * * SUN")));
		runner().withPropertyValues("quartermaster.backup.drill.schedule=sundays")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(failure) -> assertThat(failure.getName()).isEqualTo("quartermaster.backup.drill.schedule")));
	}

	@Test
	void restoresTheNewestSnapshotAndSaysSo() {
		runner().run((context) -> {
			Path snapshot = context.getBean(SqliteBackupService.class).list().get(0).file();
			work(context).work().run();
			assertThat(messages()).last()
				.asString()
				.startsWith("Restore drill of " + this.database + " from " + snapshot + ": restored ")
				.endsWith(", full check ok, schema 1");
			assertThat(this.log.warnings()).isEmpty();
		});
	}

	@Test
	void asksFlywayAndTheChecksOfTheApplication() {
		runner().withBean(SnapshotCheck.class, () -> (restored) -> {
			throw new IllegalStateException("no item has a price");
		}).run((context) -> {
			assertThat(context).hasSingleBean(FlywaySnapshotCheck.class);
			TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1");
			context.getBean(SqliteBackupService.class).backup("with another checksum");
			work(context).work().run();
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage()).startsWith("RESTORE DRILL FAILED: ")
					.contains("no item has a price", "FlywaySnapshotCheck: ", "checksum mismatch"));
		});
	}

	@Test
	void doesWithoutFlywayAndWithoutSnapshots() {
		runner().withClassLoader(new FilteredClassLoader("org.flywaydb")).run((context) -> {
			assertThat(context).doesNotHaveBean(SnapshotCheck.class);
			work(context).work().run();
			assertThat(messages()).last()
				.asString()
				.startsWith("No restore drill: there is no snapshot of the database");
		});
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST);
	}

	private static ScheduledWork work(AssertableApplicationContext context) {
		return context.getBean("scheduledDrill", ScheduledWork.class);
	}

	private List<String> messages() {
		return this.log.ours().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
