/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} over HTTP when there is no database to copy, no
 * place for the copy, or the database is not well.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseBackupEndpointFailureTests {

	private static final String H2 = "jdbc:h2:mem:stock";

	private static final String IN_MEMORY = "jdbc:sqlite::memory:";

	@TempDir
	Path directory;

	@Test
	void postWithoutDatabaseHasNothingToBackUp(CapturedOutput output) {
		Path database = this.directory.resolve("stock.db");
		try (EndpointApplication application = EndpointApplication.on(database)) {
			Response response = application.backup("smoke test");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.<String>json("$.message"))
				.isEqualTo("Nothing to back up: there is no data in " + database + " yet.");
			assertThat(this.directory.resolve("backups")).doesNotExist();
			assertThat(output).contains("Nothing to back up");
			assertThat(warnings(output)).isEmpty();
		}
	}

	@Test
	void postOnOtherDatabaseIsConflict(CapturedOutput output) {
		try (EndpointApplication application = EndpointApplication.onUrl(H2)) {
			Response response = application.backup("smoke test");
			assertThat(response.<String>json("$.database")).isEqualTo("dataSource");
			assertThatFailure(response, 409, output).containsEntry("error", "The database is H2, not SQLite.");
		}
	}

	@Test
	void getOnOtherDatabaseIsConflict(CapturedOutput output) {
		try (EndpointApplication application = EndpointApplication.onUrl(H2)) {
			assertThatFailure(application.get(""), 409, output).containsEntry("error",
					"The database is H2, not SQLite.");
		}
	}

	@Test
	void getOfNameOnOtherDatabaseIsConflict(CapturedOutput output) {
		try (EndpointApplication application = EndpointApplication.onUrl(H2)) {
			assertThatFailure(application.get("/stock-20260103-120000-x.db"), 409, output).containsEntry("error",
					"The database is H2, not SQLite.");
		}
	}

	@Test
	void postOnDatabaseInMemoryIsConflict(CapturedOutput output) {
		try (EndpointApplication application = EndpointApplication.onUrl(IN_MEMORY)) {
			assertThatFailure(application.backup("smoke test"), 409, output).containsEntry("error",
					"The SQLite database is in memory, not in a file.");
		}
	}

	@Test
	void getOnDatabaseInMemoryIsConflict(CapturedOutput output) {
		try (EndpointApplication application = EndpointApplication.onUrl(IN_MEMORY)) {
			assertThatFailure(application.get(""), 409, output).containsEntry("error",
					"The SQLite database is in memory, not in a file.");
		}
	}

	@Test
	void postOnFileThatIsNoDatabaseIsConflict(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.directory.resolve("stock.db"), "lantern, 4\nrope, 2\n".repeat(100));
		try (EndpointApplication application = EndpointApplication.on(file)) {
			assertThatFailure(application.backup("smoke test"), 409, output).hasEntrySatisfying("error",
					(error) -> assertThat(error).contains("not a SQLite database"));
			assertThat(this.directory).isDirectoryNotContaining("glob:**/backups");
		}
	}

	@Test
	void postOnLockedDatabaseIsServiceUnavailable(CapturedOutput output) throws SQLException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		try (EndpointApplication application = EndpointApplication.on(database,
				"quartermaster.backup.busy-timeout=100ms"); Connection other = TestDatabase.open(database)) {
			assertThat(application.get("").status()).isEqualTo(200);
			try (Statement statement = other.createStatement()) {
				statement.execute("BEGIN EXCLUSIVE");
				Response response = application.backup("smoke test");
				assertThat(response.retryAfter()).hasValue(1);
				assertThatFailure(response, 503, output).hasEntrySatisfying("error",
						(error) -> assertThat(error).contains(database + " was locked for longer than 100 ms"));
				statement.execute("ROLLBACK");
			}
			assertThat(application.backup("smoke test").status()).isEqualTo(201);
		}
	}

	@Test
	void postOnDatabaseThatWasLockedFromTheStartIsServiceUnavailable(CapturedOutput output) throws SQLException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		try (EndpointApplication application = EndpointApplication.on(database,
				"quartermaster.backup.busy-timeout=100ms"); Connection other = TestDatabase.open(database)) {
			try (Statement statement = other.createStatement()) {
				statement.execute("BEGIN EXCLUSIVE");
				assertThatFailure(application.backup("smoke test"), 503, output).hasEntrySatisfying("error",
						(error) -> assertThat(error).contains("was locked"));
				statement.execute("ROLLBACK");
			}
			assertThat(application.backup("smoke test").status()).isEqualTo(201);
		}
	}

	@Test
	void postWithoutRoomIsInsufficientStorage(CapturedOutput output) {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		try (EndpointApplication application = EndpointApplication.on(database,
				"quartermaster.backup.min-free-space=1000TB")) {
			assertThatFailure(application.backup("smoke test"), 507, output)
				.hasEntrySatisfying("error",
						(error) -> assertThat(error).contains("There is not enough free space for a snapshot in "))
				.hasEntrySatisfying("action",
						(action) -> assertThat(action).contains("quartermaster.backup.min-free-space"));
			assertThat(BackupDirectory.files(this.directory.resolve("backups"))).isEmpty();
		}
	}

	@Test
	void postWithFileInPlaceOfDirectoryIsServerError(CapturedOutput output) throws IOException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		Path file = Files.writeString(this.directory.resolve("notes.txt"), "Not a directory");
		try (EndpointApplication application = EndpointApplication.on(database,
				"quartermaster.backup.dir=" + file.resolve("backups"))) {
			assertThatFailure(application.backup("smoke test"), 500, output).hasEntrySatisfying("error",
					(error) -> assertThat(error).contains(file + "/backups cannot be written to"));
		}
	}

	@Test
	void getWithFileInPlaceOfDirectoryIsServerError(CapturedOutput output) throws IOException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		Path file = Files.writeString(this.directory.resolve("notes.txt"), "Not a directory");
		try (EndpointApplication application = EndpointApplication.on(database, "quartermaster.backup.dir=" + file)) {
			assertThatFailure(application.get(""), 500, output).hasEntrySatisfying("error",
					(error) -> assertThat(error).contains(file + " cannot be read"));
		}
	}

	@Test
	void postOnCorruptDatabaseCopiesItAndSaysSo(CapturedOutput output) throws IOException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 5000);
		corrupt(database);
		try (EndpointApplication application = EndpointApplication.on(database)) {
			Response response = application.backup("smoke test");
			assertThat(response.status()).isEqualTo(201);
			assertThat(response.<String>json("$.verification.status")).isEqualTo("corrupt");
			assertThat(response.<String>json("$.verification.detail")).startsWith("CORRUPT: ");
			assertThat(warnings(output)).singleElement()
				.asString()
				.contains("The database " + database + " is DAMAGED", response.json("$.name"));
		}
	}

	@Test
	void whatNobodyForesawIsServerErrorWithoutSecrets(CapturedOutput output) {
		DatabaseBackupEndpointWebExtension extension = new DatabaseBackupEndpointWebExtension(
				new DatabaseBackupEndpoint(
						new SqliteBackupRegistry(new Unavailable(), BackupServices.settings(), BackupListener.NONE),
						new AuditedMigrations(), Stream::of));
		for (WebEndpointResponse<?> response : List.of(extension.snapshots(null), extension.snapshot("x.db", null),
				extension.backup("x", null))) {
			assertThat(response.getStatus()).isEqualTo(500);
			assertThat(response.getBody()).isInstanceOfSatisfying(FailureDescriptor.class, (failure) -> {
				assertThat(failure.error()).contains("failed unexpectedly", "NoClassDefFoundError: key=***");
				assertThat(failure.action()).contains("report it");
			});
		}
		assertThat(warnings(output)).as("one of each request").hasSize(3);
		assertThat(output).contains("\tat ").doesNotContain("sesame");
	}

	/**
	 * Destroy the page from which all others of the table are found.
	 */
	private static void corrupt(Path database) throws IOException {
		long page = Long
			.parseLong(TestDatabase.query(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'item'").get(0));
		int pageSize = Integer.parseInt(TestDatabase.query(database, "PRAGMA page_size").get(0));
		byte[] garbage = new byte[100];
		Arrays.fill(garbage, (byte) 0x5a);
		try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
			file.seek((page - 1) * pageSize);
			file.write(garbage);
		}
	}

	private static MapAssert<String, String> assertThatFailure(Response response, int status, CapturedOutput output) {
		assertThat(response.status()).isEqualTo(status);
		Map<String, String> body = response.json("$");
		assertThat(body.getOrDefault("database", "dataSource")).isEqualTo("dataSource");
		body.remove("database");
		assertThat(body).containsOnlyKeys("error", "action")
			.allSatisfy((property, sentence) -> assertThat(sentence).matches("[A-Z][^\\n]+[^.]\\.")
				.doesNotContain("Exception"));
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("" + status, body.get("error"), body.get("action"));
		assertThat(output).doesNotContain("\tat dev.quartermaster.");
		return assertThat(body);
	}

	/**
	 * Return our own. Others have theirs: the connection pool when it finds the database
	 * locked, the server when the machine is slow.
	 */
	private static List<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.startsWith("WARN  d.q.")).toList();
	}

	/**
	 * Data sources whose driver is not there.
	 */
	private static final class Unavailable implements DatabaseCandidates {

		@Override
		public Map<String, DataSource> dataSources() {
			throw new NoClassDefFoundError("key=sesame");
		}

		@Override
		public Map<String, SqliteBackupService> services() {
			return Map.of();
		}

	}

}
