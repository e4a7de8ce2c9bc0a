/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SourceState}.
 */
class SourceStateTests {

	private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

	@TempDir
	private Path temp;

	@Test
	void sizeIncludesWhatIsOnlyInWriteAheadLog() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "page_size = 1024", "journal_mode = WAL");
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			statement.execute("CREATE TABLE big (content BLOB)");
			statement.execute("INSERT INTO big VALUES (randomblob(100000))");
			long size = Long.parseLong(TestDatabase.query(database, "PRAGMA page_count").get(0)) * 1024;
			assertThat(size).isGreaterThan(Files.size(database));
			try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
				assertThat(source.state().size()).isEqualTo(size);
			}
		}
	}

}
