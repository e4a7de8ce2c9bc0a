/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for restoring while an application has the database open: it is noticed, and when
 * it is done all the same the application sees the restored rows and no error.
 */
class RestoreOpenDatabaseTests {

	private static final String COUNT = "SELECT count(*) FROM item";

	private static final int RESTORES = 3;

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path snapshot;

	private Path database;

	@BeforeEach
	void createSnapshot() throws IOException {
		Files.createDirectory(this.temp.resolve("elsewhere"));
		this.snapshot = TestDatabase.create(this.temp.resolve("elsewhere").resolve("snapshot.db"), 3000);
		this.database = this.temp.resolve("app.db");
	}

	@Test
	void refusesWhenConnectionOfThisProcessHasItOpen() throws SQLException {
		create("WAL");
		try (Connection connection = TestDatabase.open(this.database);
				PreparedStatement count = connection.prepareStatement(COUNT)) {
			assertThat(count(count)).isEqualTo(10);
			assertRefused();
			assertThat(count(count)).isEqualTo(10);
		}
		assertThat(service().openState()).isEqualTo(OpenState.NOT_OPEN);
		service().restore(this.snapshot, false);
		assertRestored();
	}

	@Test
	void refusesWhenAnotherProcessHasItOpen() throws Exception {
		create("WAL");
		try (Application application = new Application(this.database)) {
			assertThat(application.count()).isEqualTo("10");
			assertRefused();
			assertThat(application.count()).isEqualTo("10");
			application.kill();
			assertThat(service().openState()).isEqualTo(OpenState.NOT_OPEN);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "TRUNCATE", "PERSIST" })
	void cannotTellWithRollbackJournal(String journalMode) throws Exception {
		create(journalMode);
		assertThat(service().openState()).isEqualTo(OpenState.UNKNOWN);
		try (Application application = new Application(this.database)) {
			assertThat(application.count()).isEqualTo("10");
			assertThat(service().openState()).isEqualTo(OpenState.UNKNOWN);
			service().restore(this.snapshot, false);
			assertThat(application.count()).isEqualTo("3000");
		}
		assertRestored();
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void anotherProcessSeesRestoredRowsWithItsNextQuery(String journalMode) throws Exception {
		create(journalMode);
		try (Application application = new Application(this.database)) {
			assertThat(application.count()).isEqualTo("10");
			RestoreResult result = service().restore(this.snapshot, true);
			assertThat(application.count()).isEqualTo("3000");
			Snapshot kept = result.kept();
			assertThat(kept).isNotNull();
			if (kept != null) {
				service().restore(kept.file(), true);
			}
			assertThat(application.count()).isEqualTo("10");
			service().restore(this.snapshot, true);
			assertThat(application.count()).isEqualTo("3000");
		}
		assertRestored();
		assertThat(this.log.warnings())
			.noneSatisfy((event) -> assertThat(event.getFormattedMessage()).contains("SQLite reported a failure"));
		assertThat(TestDatabase.journalMode(this.database)).isEqualToIgnoringCase(journalMode);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void poolOfThisProcessSeesRestoredRowsWithItsNextQuery(String journalMode) throws SQLException {
		create(journalMode);
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(TestDatabase.url(this.database));
		config.setMaximumPoolSize(2);
		try (HikariDataSource pool = new HikariDataSource(config);
				Connection first = pool.getConnection();
				Connection second = pool.getConnection();
				PreparedStatement count = first.prepareStatement(COUNT);
				PreparedStatement insert = second.prepareStatement("INSERT INTO item (name) VALUES ('more')")) {
			assertThat(count(count)).isEqualTo(10);
			insert.executeUpdate();
			BackupServices.service(SqliteDatabase.of(this.database), BackupServices.settings())
				.restore(this.snapshot, true);
			assertThat(count(count)).isEqualTo(3000);
			insert.executeUpdate();
			assertThat(count(count)).isEqualTo(3001);
		}
		assertThat(TestDatabase.check(this.database)).containsExactly("ok");
		assertThat(TestDatabase.items(this.database)).hasSize(3001);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void doesNotDisturbApplicationThatKeepsWriting(String journalMode) throws Exception {
		create(journalMode);
		for (Path file : List.of(this.database, this.snapshot)) {
			TestDatabase.execute(file, "CREATE TABLE debit (amount INTEGER)", "CREATE TABLE credit (amount INTEGER)");
		}
		Process writer = JavaProcess.start(Writer.class, this.database.toString());
		try {
			assertThat(writer.getInputStream().read()).isEqualTo('.');
			for (int i = 0; i < RESTORES; i++) {
				service().restore(this.snapshot, true);
			}
			assertThat(writer.isAlive()).as("no error of the writer").isTrue();
		}
		finally {
			writer.destroyForcibly().waitFor();
		}
		assertRestored();
		assertThat(TestDatabase.query(this.database,
				"SELECT (SELECT count(*) FROM debit) = (SELECT count(*) FROM credit)"))
			.containsExactly("1");
		assertThat(TestDatabase.journalMode(this.database)).isEqualToIgnoringCase(journalMode);
	}

	private void create(String journalMode) {
		TestDatabase.create(this.database, 10, "journal_mode = " + journalMode);
	}

	private SqliteBackupService service() {
		return BackupServices.service(this.database);
	}

	private void assertRefused() {
		assertThat(service().openState()).isEqualTo(OpenState.OPEN);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service().restore(this.snapshot, false))
			.withMessageContaining(this.database.toString())
			.withMessageContaining("Stop the application");
		assertThat(service().list()).isEmpty();
	}

	private void assertRestored() {
		assertThat(TestDatabase.query(this.database, COUNT)).containsExactly("3000");
		assertThat(TestDatabase.check(this.database)).containsExactly("ok");
	}

	private static int count(PreparedStatement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery()) {
			return result.next() ? result.getInt(1) : -1;
		}
	}

	/**
	 * An application that keeps one connection with one prepared statement, and counts
	 * whenever it is asked.
	 */
	static final class Application implements AutoCloseable {

		private final Process process;

		private final PrintStream questions;

		private final BufferedReader answers;

		Application(Path database) throws IOException {
			this.process = JavaProcess.start(Application.class, database.toString());
			this.questions = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
			this.answers = this.process.inputReader(StandardCharsets.UTF_8);
		}

		public static void main(String[] args) throws Exception {
			try (Connection connection = TestDatabase.open(Path.of(args[0]));
					PreparedStatement count = connection.prepareStatement(COUNT)) {
				while (System.in.read() >= 0) {
					System.out.println(RestoreOpenDatabaseTests.count(count));
				}
			}
		}

		String count() throws IOException {
			this.questions.print('?');
			this.questions.flush();
			return String.valueOf(this.answers.readLine());
		}

		void kill() throws InterruptedException {
			this.process.destroyForcibly().waitFor();
		}

		@Override
		public void close() {
			this.questions.close();
			this.process.onExit().join();
		}

	}

	/**
	 * Moves money with prepared statements until it is killed, or fails.
	 */
	static final class Writer {

		public static void main(String[] args) throws Exception {
			try (Connection connection = TestDatabase.open(Path.of(args[0]));
					PreparedStatement debit = connection.prepareStatement("INSERT INTO debit VALUES (?)");
					PreparedStatement credit = connection.prepareStatement("INSERT INTO credit VALUES (?)");
					PreparedStatement count = connection.prepareStatement(COUNT)) {
				connection.setAutoCommit(false);
				for (int i = 0;; i++) {
					debit.setInt(1, i);
					debit.executeUpdate();
					credit.setInt(1, i);
					credit.executeUpdate();
					count(count);
					connection.commit();
					if (i == 0) {
						System.out.print('.');
						System.out.flush();
					}
				}
			}
		}

	}

}
