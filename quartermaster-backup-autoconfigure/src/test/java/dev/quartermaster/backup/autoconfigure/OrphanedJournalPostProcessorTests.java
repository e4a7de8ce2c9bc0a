/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.InitializingBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OrphanedJournalPostProcessor}.
 */
class OrphanedJournalPostProcessorTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private Path writeAheadLog;

	@BeforeEach
	void makeOrphan() throws Exception {
		Path original = this.directory.resolve("original.db");
		this.database = this.directory.resolve("app.db");
		this.writeAheadLog = this.directory.resolve("app.db-wal");
		try (Connection connection = TestDatabase.open(original); Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode = WAL");
			statement.execute("CREATE TABLE item (name TEXT)");
			statement.execute("INSERT INTO item VALUES ('only here')");
			Files.copy(this.directory.resolve("original.db-wal"), this.writeAheadLog);
		}
	}

	@Test
	void writeAheadLogIsKeptAndToldOnceAlthoughThePoolConnectsBeforeAnyMigration() throws IOException {
		byte[] content = Files.readAllBytes(this.writeAheadLog);
		Contexts.runner("jdbc:sqlite:" + this.database + "?journal_mode=WAL", "filesystem:" + this.directory)
			.withBean("early", EarlyUser.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(kept()).hasBinaryContent(content);
		assertThat(this.log.warnings()).filteredOn((event) -> event.getLoggerName().startsWith("dev.quartermaster."))
			.singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains(this.database.toString(),
					kept().toString()));
	}

	@Test
	void writeAheadLogIsLeftWhenDisabled() throws IOException {
		Contexts.runner()
			.withPropertyValues("spring.datasource.url=jdbc:sqlite:" + this.database, "spring.flyway.enabled=false",
					"quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(this.writeAheadLog).exists();
	}

	private Path kept() {
		return BackupDirectory.files(this.directory)
			.stream()
			.filter((file) -> file.getFileName().toString().startsWith("app-damaged-"))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Looks into the database as soon as there is a data source, before anything
	 * migrates.
	 */
	static final class EarlyUser implements InitializingBean {

		private final DataSource dataSource;

		EarlyUser(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void afterPropertiesSet() throws Exception {
			try (Connection connection = this.dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
			}
		}

	}

}
