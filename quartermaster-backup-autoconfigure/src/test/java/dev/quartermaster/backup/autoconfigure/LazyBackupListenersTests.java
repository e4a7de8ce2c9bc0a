/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LazyBackupListeners}, in applications with listener beans.
 */
class LazyBackupListenersTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void listenerIsToldOfSnapshotBeforeMigration() {
		runner().withBean(RecordingListener.class).run((context) -> {
			RecordingListener listener = context.getBean(RecordingListener.class);
			assertThat(listener.failures).isEmpty();
			assertThat(listener.results).singleElement()
				.isInstanceOfSatisfying(BackupResult.Created.class,
						(created) -> assertThat(created.snapshot().file()).isRegularFile());
		});
	}

	@Test
	void listenerIsToldOfRequestedSnapshot() {
		runner().withBean(RecordingListener.class)
			.withPropertyValues("quartermaster.backup.migration.enabled=false")
			.run((context) -> {
				BackupResult result = context.getBean(SqliteBackupService.class).backup("by hand");
				assertThat(context.getBean(RecordingListener.class).results).containsExactly(result);
			});
	}

	@Test
	void listenerIsToldThatThereWasNothing() {
		Path missing = this.directory.resolve("missing.db");
		Contexts.runner("jdbc:sqlite:" + missing, Migrations.FIRST).withBean(RecordingListener.class).run((context) -> {
			RecordingListener listener = context.getBean(RecordingListener.class);
			assertThat(listener.results).containsExactly(new BackupResult.NothingToBackUp(missing));
		});
	}

	@Test
	void listenerIsToldOfFailure() throws IOException {
		runner().withBean(RecordingListener.class)
			.withPropertyValues("quartermaster.backup.dir=" + Contexts.belowRegularFile(this.directory))
			.run((context) -> {
				RecordingListener listener = context.getBean(RecordingListener.class);
				assertThat(listener.results).isEmpty();
				assertThat(listener.failures).singleElement()
					.satisfies((failure) -> assertThat(failure).hasMessageContaining("cannot be written to"));
			});
	}

	@Test
	void listenerHearsWarnings() {
		TestDatabase.overwrite(this.database, 4096, new byte[] { 99, 99, 99, 99 });
		runner().withBean(RecordingListener.class).withPropertyValues("spring.flyway.enabled=false").run((context) -> {
			context.getBean(SqliteBackupService.class).backup("x");
			assertThat(context.getBean(RecordingListener.class).warnings).singleElement()
				.asString()
				.contains("is DAMAGED");
		});
	}

	@Test
	void throwingListenerAffectsNeitherBackupNorMigration() {
		runner().withBean(ThrowingListener.class).run((context) -> {
			assertBackedUpAndMigrated();
			assertThat(this.log.warnings()).singleElement().satisfies((warning) -> {
				assertThat(warning.getLevel()).isEqualTo(Level.WARN);
				assertThat(warning.getFormattedMessage()).contains("listener").contains("not affected");
				assertThat(warning.getThrowableProxy().getMessage()).isEqualTo("not in the mood");
			});
		});
	}

	@Test
	void listenerThatCannotBeLinkedAffectsNeitherBackupNorMigration() {
		runner().withBean(UnlinkableListener.class).run((context) -> {
			assertBackedUpAndMigrated();
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage()).contains("listener")
					.contains("not affected"));
		});
	}

	@Test
	void listenerThatThrowsOnFailureDoesNotHideIt() throws IOException {
		runner().withBean(ThrowingListener.class)
			.withPropertyValues("quartermaster.backup.dir=" + Contexts.belowRegularFile(this.directory))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
				assertThat(this.log.warnings())
					.anySatisfy((warning) -> assertThat(warning.getFormattedMessage()).startsWith("NO SNAPSHOT"));
			});
	}

	@Test
	void otherListenersAreToldWhenOneThrows() {
		runner().withBean(ThrowingListener.class).withBean(RecordingListener.class).run((context) -> {
			assertBackedUpAndMigrated();
			assertThat(context.getBean(RecordingListener.class).results).hasSize(1);
		});
	}

	@Test
	void ourOwnListenersAreToldWhenOneOfTheApplicationCannotBeMade() {
		RecordingListener own = new RecordingListener();
		runner().withBean(OwnListener.class, () -> new OwnListener(own))
			.withBean("unmade", ThrowingListener.class, () -> {
				throw new IllegalStateException("not yet");
			}, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertBackedUpAndMigrated();
				assertThat(own.results).hasSize(1);
			});
	}

	@Test
	void listenerThatNeedsMigratedDatabaseDoesNotStopTheBoot() {
		runner().withBean(JdbcListener.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertBackedUpAndMigrated();
		});
	}

	@Test
	void listenerThatNeedsMigratedDatabaseIsToldOnceItIs() {
		runner().withBean(JdbcListener.class).run((context) -> {
			context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(context.getBean(JdbcTemplate.class).queryForObject("SELECT count(*) FROM location", int.class))
				.isEqualTo(1);
		});
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST_AND_SECOND);
	}

	private void assertBackedUpAndMigrated() {
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	@Order(0)
	static class ThrowingListener implements BackupListener {

		@Override
		public void onResult(BackupResult result) {
			throw new IllegalStateException("not in the mood");
		}

		@Override
		public void onFailure(BackupException failure) {
			throw new IllegalStateException("not in the mood");
		}

	}

	static class UnlinkableListener implements BackupListener {

		@Override
		public void onResult(BackupResult result) {
			throw new NoClassDefFoundError("no/such/Type");
		}

	}

	static class JdbcListener implements BackupListener {

		private final JdbcTemplate jdbc;

		JdbcListener(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Override
		public void onResult(BackupResult result) {
			this.jdbc.update("INSERT INTO location (name) VALUES (?)", result.database().toString());
		}

	}

}
