/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.command.BackupCommand;
import dev.quartermaster.backup.migration.DatabaseSummary;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for databases that their application locks in another way than SQLite does by
 * default, or not at all, or that are encrypted. Whatever becomes of the backup, the
 * application's transaction is none of its business.
 */
@DisabledOnOs(OS.WINDOWS)
class DatabaseAccessTests {

	private static final int ROWS = 3000;

	private static final BackupSettings IMPATIENT = new BackupSettings(null, VerificationMode.FULL,
			Duration.ofMillis(100), ZoneOffset.UTC, 0);

	@TempDir
	private Path temp;

	private Path file;

	@BeforeEach
	void createDatabase() throws IOException {
		this.file = this.temp.toRealPath().resolve("app.db");
		TestDatabase.execute(this.file, "CREATE TABLE t (id INTEGER PRIMARY KEY, gen, pad)",
				"CREATE INDEX i ON t (gen)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
						+ ROWS + ") INSERT INTO t SELECT i, 0, hex(randomblob(100)) FROM n");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "nolock=1", "vfs=unix-none", "vfs=unix-dotfile", "vfs=unix-excl", "locking_mode=EXCLUSIVE" })
	void transactionUnderWaySurvivesBackupByUrl(String parameter) throws Exception {
		String url = url(parameter);
		try (Connection application = DriverManager.getConnection(url)) {
			beginSpilledTransaction(application);
			SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(url), IMPATIENT,
					BackupListener.NONE);
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"));
			assertThat(service.list()).isEmpty();
			application.commit();
		}
		assertEveryRowCommitted(this.file);
	}

	@ParameterizedTest
	@ValueSource(strings = { "nolock=1", "vfs=unix-none", "vfs=unix-dotfile" })
	void transactionUnderWaySurvivesBackupByConnectionAndOtherQuestions(String parameter) throws Exception {
		try (Connection application = DriverManager.getConnection(url(parameter))) {
			SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(application), IMPATIENT,
					BackupListener.NONE);
			beginSpilledTransaction(application);
			assertThatExceptionOfType(BackupException.class).isThrownBy(service::hasData);
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> DatabaseSummary.ofCurrent(service));
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"));
			assertThat(service.openState()).isIn(OpenState.UNKNOWN, OpenState.OPEN);
			application.commit();
		}
		assertEveryRowCommitted(this.file);
	}

	@Test
	void copiesWithVfsOfApplicationWhileOthersWrite() throws Exception {
		String url = url("vfs=unix-dotfile&busy_timeout=60000");
		CountDownLatch begun = new CountDownLatch(20);
		CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
			int committed = 0;
			try (Connection connection = DriverManager.getConnection(url);
					Statement statement = connection.createStatement()) {
				while (committed < 60) {
					statement.execute("INSERT INTO t (gen, pad) VALUES (2, hex(randomblob(100)))");
					committed++;
					begun.countDown();
				}
				return committed;
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		begun.await();
		SqliteBackupService service = BackupServices.service(SqliteDatabase.of(url), BackupServices.settings());
		Path snapshot = BackupServices.backup(service, "x").snapshot().file();
		assertThat(TestDatabase.check(snapshot)).isEqualTo(List.of("ok"));
		int committed = writer.get();
		assertThat(TestDatabase.query(this.file, "SELECT count(*) FROM t WHERE gen = 2"))
			.containsExactly(String.valueOf(committed));
		assertThat(TestDatabase.check(this.file)).isEqualTo(List.of("ok"));
	}

	@Test
	void tellsOfLockThatKilledProcessLeft() throws IOException {
		Path lock = Files.createDirectory(this.file.resolveSibling("app.db.lock"));
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(url("vfs=unix-dotfile")), IMPATIENT,
				BackupListener.NONE);
		assertThatExceptionOfType(DatabaseBusyException.class).isThrownBy(() -> service.backup("x"))
			.withMessageContaining("remove " + lock);
	}

	@ParameterizedTest
	@ValueSource(strings = { "nolock=1", "vfs=unix-none", "locking_mode=EXCLUSIVE",
			"locking_mode=EXCLUSIVE&journal_mode=WAL", "vfs=unix-none&locking_mode=EXCLUSIVE&journal_mode=WAL" })
	void copiesThroughOnlyConnectionOfPoolBetweenItsTransactions(String parameters) throws Exception {
		try (HikariDataSource pool = new HikariDataSource(poolOfOne(parameters))) {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			CompletableFuture<BackupResult.Created> backup;
			try (Connection application = pool.getConnection()) {
				beginSpilledTransaction(application);
				backup = CompletableFuture.supplyAsync(() -> BackupServices.backup(service, "x"));
				while (pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0 && !backup.isDone()) {
					Thread.onSpinWait();
				}
				application.commit();
				application.setAutoCommit(true);
			}
			BackupResult.Created created = backup.get();
			assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
			assertEveryRowCommitted(created.snapshot().file());
			assertUsable(pool);
			assertThat(service.hasData()).isTrue();
		}
		assertEveryRowCommitted(this.file);
	}

	@Test
	void copiesBesideConnectionOfSameProcessThatKeepsLockForTheWholeOfIt() throws Exception {
		Programs.need("sqlite3", "--version");
		try (HikariDataSource pool = new HikariDataSource(poolOfOne("vfs=unix-excl&journal_mode=WAL"))) {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			assertThat(service.database()).isEqualTo(this.file);
			try (Connection application = pool.getConnection()) {
				beginSpilledTransaction(application);
				assertThat(BackupServices.backup(service, "x").verification()).isInstanceOf(Verification.Sound.class);
				application.commit();
			}
			assertThat(Programs.run("sqlite3", this.file.toString(), "UPDATE t SET gen = 7")).isFalse();
			assertUsable(pool);
		}
		assertEveryRowCommitted(this.file);
		assertThat(Programs.run("sqlite3", this.file.toString(), "UPDATE t SET gen = 7")).isTrue();
	}

	@Test
	void copiesThroughConnectionThatIsInNoAutoCommitMode() throws Exception {
		HikariConfig config = poolOfOne("nolock=1");
		config.setAutoCommit(false);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			assertThat(BackupServices.backup(service, "x").verification()).isInstanceOf(Verification.Sound.class);
			assertUsable(pool);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRAGMA locking_mode=EXCLUSIVE", "" })
	void learnsOfExclusiveModeWhereverItIsSet(String initSql) throws Exception {
		HikariConfig config = poolOfOne("mode=rw");
		if (!initSql.isEmpty()) {
			config.setConnectionInitSql(initSql);
		}
		else {
			config.addDataSourceProperty("locking_mode", "EXCLUSIVE");
		}
		try (HikariDataSource pool = new HikariDataSource(config)) {
			SqliteDatabase database = SqliteDatabase.of(pool);
			LiveDatabase shown = Objects.requireNonNull(database.liveWithoutConnection());
			assertThat(shown.access().exclusive()).isTrue();
			assertUsable(pool);
			SqliteBackupService service = BackupServices.service(database, BackupServices.settings());
			assertThat(BackupServices.backup(service, "x").verification()).isInstanceOf(Verification.Sound.class);
		}
	}

	@Test
	void learnsOfExclusiveModeFromTheDriverAndFromPoolWithSeveralStatements() {
		SQLiteConfig config = new SQLiteConfig();
		config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
		for (SQLiteDataSource source : List.of(new SQLiteDataSource(config), new PoolWithStatements())) {
			source.setUrl(url("mode=rw"));
			LiveDatabase shown = Objects.requireNonNull(SqliteDatabase.of(source).liveWithoutConnection());
			assertThat(shown.access().exclusive()).as("%s", source.getClass()).isTrue();
		}
	}

	@Test
	void learnsOfExclusiveModeThatOnlyTheConnectionKnows() throws Exception {
		try (Connection application = DriverManager.getConnection(url("mode=rw"));
				Statement statement = application.createStatement()) {
			assertThat(DatabaseLocator.locate(application).main().access().exclusive()).isFalse();
			statement.execute("PRAGMA locking_mode = EXCLUSIVE");
			assertThat(DatabaseLocator.locate(application).main().access().exclusive()).isTrue();
		}
	}

	@Test
	void saysWhoHoldsExclusiveLock() throws Exception {
		String url = url("locking_mode=EXCLUSIVE&busy_timeout=10");
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(new DriverManagerDataSource(url)),
				IMPATIENT, BackupListener.NONE);
		try (Connection other = DriverManager.getConnection(url); Statement statement = other.createStatement()) {
			statement.execute("UPDATE t SET gen = 3 WHERE id = 1");
			assertThatExceptionOfType(DatabaseBusyException.class).isThrownBy(() -> service.backup("x"))
				.withMessageContaining("locking_mode=EXCLUSIVE")
				.withMessageContaining("limit its pool to one connection");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nolock=1", "vfs=unix-none" })
	void refusesWhereOthersOfThePoolMayWrite(String parameter) throws Exception {
		HikariConfig config = poolOfOne(parameter);
		config.setMaximumPoolSize(2);
		try (HikariDataSource pool = new HikariDataSource(config); Connection application = pool.getConnection()) {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			beginSpilledTransaction(application);
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
				.withMessageContaining(this.file + " without locks (" + parameter + ")")
				.withMessageContaining("limit its pool to one connection");
			application.commit();
		}
		assertEveryRowCommitted(this.file);
	}

	@Test
	void restoresWithoutLocksOnlyWhenToldThatNobodyUsesTheDatabase() throws Exception {
		Path snapshot = BackupServices.backup(BackupServices.service(this.file), "x").snapshot().file();
		TestDatabase.execute(this.file, "DELETE FROM t");
		SqliteBackupService byUrl = BackupServices.service(SqliteDatabase.of(url("nolock=1")),
				BackupServices.settings());
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> byUrl.restore(snapshot, false))
			.withMessageContaining("nolock=1")
			.withMessageContaining("--force");
		try (HikariDataSource pool = new HikariDataSource(poolOfOne("nolock=1"))) {
			SqliteBackupService inApplication = BackupServices.service(SqliteDatabase.of(pool),
					BackupServices.settings());
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> inApplication.restore(snapshot, true));
		}
		assertThat(TestDatabase.query(this.file, "SELECT count(*) FROM t")).containsExactly("0");
		RestoreResult result = byUrl.restore(snapshot, true);
		assertThat(TestDatabase.query(this.file, "SELECT count(*) FROM t")).containsExactly(String.valueOf(ROWS));
		assertThat(result.kept()).isNotNull();
	}

	@Test
	void commandLeavesTransactionAloneAndRestoresStoppedApplication() throws Exception {
		String url = url("nolock=1");
		try (Connection application = DriverManager.getConnection(url)) {
			beginSpilledTransaction(application);
			assertThat(command(1, "create", "x", "--url", url)).contains("without locks (nolock=1)", "POST");
			application.commit();
		}
		assertEveryRowCommitted(this.file);
		Path snapshot = BackupServices.backup(BackupServices.service(this.file), "y").snapshot().file();
		TestDatabase.execute(this.file, "DELETE FROM t");
		assertThat(command(1, "restore", snapshot.toString(), "--yes", "--url", url)).contains("--force");
		command(0, "restore", snapshot.toString(), "--yes", "--force", "--url", url);
		assertEveryRowCommitted(this.file);
	}

	@Test
	void saysThatEncryptedDatabasesAreNotSupportedAndRestoresNothingThere() throws Exception {
		Path snapshot = BackupServices.backup(BackupServices.service(this.file), "x").snapshot().file();
		byte[] cipher = new byte[8192];
		new Random(1).nextBytes(cipher);
		Files.write(this.file, cipher);
		SqliteBackupService keyed = BackupServices.service(SqliteDatabase.of(url("key=s3cret")),
				BackupServices.settings());
		assertThatExceptionOfType(NotADatabaseException.class).isThrownBy(() -> keyed.backup("x"))
			.withMessageContaining(this.file + " is opened with a key: encrypted databases are not supported")
			.withMessageNotContainingAny("restore", "s3cret", "damaged");
		assertThatExceptionOfType(NotADatabaseException.class).isThrownBy(() -> keyed.restore(snapshot, true));
		assertThat(this.file).hasBinaryContent(cipher);
		assertThatExceptionOfType(NotADatabaseException.class)
			.isThrownBy(() -> BackupServices.service(this.file).backup("x"))
			.withMessageContaining("or it is encrypted")
			.withMessageContaining("Encrypted databases are not supported: if");
	}

	private String url(String parameters) {
		return TestDatabase.url(this.file) + "?" + parameters;
	}

	private HikariConfig poolOfOne(String parameters) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url(parameters));
		config.setMaximumPoolSize(1);
		return config;
	}

	/**
	 * Change every row, with so small a cache that most of it is in the file already.
	 */
	private static void beginSpilledTransaction(Connection application) throws SQLException {
		try (Statement statement = application.createStatement()) {
			statement.execute("PRAGMA cache_size = 20");
			application.setAutoCommit(false);
			statement.execute("UPDATE t SET gen = 1, pad = hex(randomblob(110))");
		}
	}

	private static void assertEveryRowCommitted(Path database) {
		assertThat(TestDatabase.check(database)).isEqualTo(List.of("ok"));
		assertThat(TestDatabase.query(database, "SELECT count(*) FROM t WHERE gen = 1"))
			.containsExactly(String.valueOf(ROWS));
	}

	private static void assertUsable(HikariDataSource pool) throws SQLException {
		try (Connection application = pool.getConnection(); Statement statement = application.createStatement()) {
			statement.execute("INSERT INTO t (gen, pad) VALUES (9, 'later')");
			statement.execute("DELETE FROM t WHERE gen = 9");
			try (ResultSet result = statement.executeQuery("PRAGMA writable_schema")) {
				assertThat(result.getInt(1)).isZero();
			}
			if (!application.getAutoCommit()) {
				application.commit();
			}
		}
	}

	private String command(int exitCode, String... arguments) throws Exception {
		List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"), "-cp",
				System.getProperty("java.class.path"), BackupCommand.class.getName()));
		line.addAll(List.of(arguments));
		Process process = new ProcessBuilder(line).directory(this.temp.toFile()).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
		return output;
	}

	/**
	 * Shows its statements as the pool of Apache Commons does.
	 */
	public static final class PoolWithStatements extends SQLiteDataSource {

		public List<String> getConnectionInitSqls() {
			return List.of("SELECT 1", "PRAGMA locking_mode = EXCLUSIVE");
		}

	}

}
