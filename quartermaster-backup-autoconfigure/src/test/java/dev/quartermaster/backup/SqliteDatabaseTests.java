/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.sqlite.SQLiteDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SqliteDatabase}.
 */
class SqliteDatabaseTests {

	@TempDir
	private Path temp;

	static Stream<Named<Function<Path, String>>> urls() {
		return Stream.of(Named.of("path", (file) -> "jdbc:sqlite:" + file),
				Named.of("path and parameters",
						(file) -> "jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=5000"),
				Named.of("file: URI", (file) -> "jdbc:sqlite:file:" + file),
				Named.of("file:/// URI and parameters",
						(file) -> "jdbc:sqlite:" + file.toUri() + "?cache=private&foreign_keys=true"),
				Named.of("path with detour",
						(file) -> "jdbc:sqlite:" + file.getParent() + "/x/../" + file.getFileName()));
	}

	@ParameterizedTest
	@MethodSource("urls")
	void findsFileOfUrl(Function<Path, String> url) throws Exception {
		Files.createDirectory(this.temp.resolve("x"));
		Path file = TestDatabase.create(this.temp.toRealPath().resolve("app.db"), 3);
		assertBacksUp(url.apply(file), file);
	}

	@ParameterizedTest
	@ValueSource(strings = { "with space.db", "it's.db", "a \"quoted\" one.db", "100%.db", "%41.db", "a#b.db", "a?b.db",
			"a&b=c.db", "a+b;c.db", "größe.db", "日本語.db", "noextension", "two.dots.sqlite3", ".hidden" })
	@DisabledOnOs(OS.WINDOWS)
	void findsFileWithAnyCharactersInNameAndDirectory(String name) throws Exception {
		Path directory = Files.createDirectory(this.temp.toRealPath().resolve("in " + name));
		Path file = TestDatabase.create(directory.resolve(name), 3);
		assertBacksUp(TestDatabase.url(file), file);
	}

	@Test
	void findsFileOfRelativeUrl() throws Exception {
		Path directory = Path.of("target", "relative-" + UUID.randomUUID());
		Files.createDirectories(directory);
		try {
			Path file = TestDatabase.create(directory.toAbsolutePath().resolve("app.db"), 3);
			assertBacksUp("jdbc:sqlite:" + directory.resolve("app.db"), file.toRealPath());
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void followsLinksLikeSqliteDoes() throws Exception {
		Path directory = Files.createDirectory(this.temp.toRealPath().resolve("real"));
		Path file = TestDatabase.create(directory.resolve("app.db"), 3);
		Path linkedFile = Files.createSymbolicLink(this.temp.resolve("link.db"), file);
		Path linkedDirectory = Files.createSymbolicLink(this.temp.resolve("linked"), directory);
		assertBacksUp("jdbc:sqlite:" + linkedFile, file);
		assertBacksUp("jdbc:sqlite:" + linkedDirectory.resolve("app.db"), file);
	}

	@Test
	void asksDriverThatWrapsSqlitesInsteadOfReadingItsUrl() throws Exception {
		Path file = TestDatabase.create(this.temp.toRealPath().resolve("app.db"), 3);
		SQLiteDataSource wrapping = new SQLiteDataSource() {

			@Override
			public String getUrl() {
				return "jdbc:p6spy:sqlite:" + file;
			}

		};
		wrapping.setUrl("jdbc:sqlite:" + file);
		SqliteDatabase database = SqliteDatabase.of(wrapping);
		assertThat(database.liveWithoutConnection()).isNull();
		assertThat(database.live().file()).isEqualTo(file);
	}

	@Test
	void asksOnlyOnceSoThatTakenPoolDoesNotMatter() throws Exception {
		Path file = TestDatabase.create(this.temp.toRealPath().resolve("app.db"), 3);
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:sqlite:" + file);
		config.setMaximumPoolSize(1);
		config.setConnectionTimeout(250);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			BackupServices.backup(service, "x");
			try (Connection taken = pool.getConnection()) {
				assertThat(taken.isValid(1)).isTrue();
				BackupServices.backup(service, "y");
			}
		}
	}

	@Test
	void saysSoWhenPoolGivesNoConnection() throws Exception {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:sqlite:" + this.temp.resolve("app.db"));
		config.setMaximumPoolSize(1);
		config.setConnectionTimeout(250);
		try (HikariDataSource pool = new HikariDataSource(config); Connection taken = pool.getConnection()) {
			assertThat(taken.isValid(1)).isTrue();
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> SqliteDatabase.of(pool).file())
				.withMessageContaining("not available")
				.extracting(BackupException::getAction)
				.asString()
				.contains("pool");
		}
	}

	@Test
	void saysSoWhenDataSourceRoutesNowhere() {
		AbstractRoutingDataSource dataSource = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				return "nowhere";
			}

		};
		dataSource.setTargetDataSources(Map.of());
		dataSource.afterPropertiesSet();
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> SqliteDatabase.of(dataSource).file())
			.withMessageContaining("provided no connection")
			.withMessageContaining("nowhere");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:sqlite::memory:", "jdbc:sqlite:", "jdbc:sqlite:file::memory:?cache=shared",
			"jdbc:sqlite:file:name?mode=memory&cache=shared", "jdbc:sqlite:file:/name?vfs=memdb" })
	void hasNoFileInMemory(String url) {
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> SqliteDatabase.of(new DriverManagerDataSource(url)).file())
			.withMessageContaining("memory");
	}

	@Test
	void hasNoFileInAnotherDatabase() {
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> SqliteDatabase.of(new DriverManagerDataSource("jdbc:h2:mem:other")).file())
			.withMessageContaining("H2");
	}

	@Test
	void saysThatFileOfDataSourceIsNoDatabase() throws Exception {
		Path file = Files.writeString(this.temp.resolve("app.db"), "Dear diary, ".repeat(1000));
		DriverManagerDataSource dataSource = new DriverManagerDataSource("jdbc:sqlite:" + file + "?journal_mode=WAL");
		assertThatExceptionOfType(NotADatabaseException.class).isThrownBy(() -> SqliteDatabase.of(dataSource).file())
			.satisfies(BackupDirectory::assertClear);
	}

	@Test
	void saysThatDatabaseOfDataSourceIsLocked() throws Exception {
		Path file = TestDatabase.create(this.temp.resolve("app.db"), 3);
		DriverManagerDataSource dataSource = new DriverManagerDataSource(
				"jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=0");
		try (Connection connection = TestDatabase.open(file); Statement statement = connection.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			assertThatExceptionOfType(DatabaseBusyException.class)
				.isThrownBy(() -> SqliteDatabase.of(dataSource).file())
				.satisfies(BackupDirectory::assertClear);
		}
	}

	@Test
	void findsFileOfUrlWithoutDataSource() throws Exception {
		Path file = TestDatabase.create(this.temp.toRealPath().resolve("app.db"), 3);
		assertThat(SqliteDatabase.of("jdbc:sqlite:" + file).file()).isEqualTo(file);
	}

	@Test
	void keepsSecretsOutOfMessages() {
		DriverManagerDataSource dataSource = new DriverManagerDataSource(
				"jdbc:sqlite:" + this.temp.resolve("app.db") + "?password=open-sesame&journal_mode");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> SqliteDatabase.of(dataSource).file())
			.withMessageContaining("password=***")
			.withMessageNotContaining("open-sesame")
			.havingCause()
			.withMessageContaining("password=***")
			.withMessageNotContaining("open-sesame");
	}

	private static void assertBacksUp(String url, Path file) {
		SqliteDatabase database = SqliteDatabase.of(new DriverManagerDataSource(url));
		assertThat(database.live().file()).isEqualTo(file);
		Snapshot snapshot = BackupServices.backup(BackupServices.service(database, BackupServices.settings()), "x")
			.snapshot();
		assertThat(snapshot.file()).hasParent(file.resolveSibling("backups"));
		assertThat(TestDatabase.items(snapshot.file())).isEqualTo(TestDatabase.items(file)).hasSize(3);
		assertThat(BackupServices.service(file).list()).contains(snapshot);
	}

}
