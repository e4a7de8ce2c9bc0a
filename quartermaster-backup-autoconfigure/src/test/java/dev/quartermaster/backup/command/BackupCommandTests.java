/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the exit codes of {@link BackupCommand}, which scripts and hooks go by, and
 * for what is on standard error then. They run in this process, and what is on standard
 * output is tested with the jar of an application.
 */
@ExtendWith(OutputCaptureExtension.class)
class BackupCommandTests {

	private static final int DONE = 0;

	private static final int FAILED = 1;

	private static final int MISUSED = 2;

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3, "journal_mode = WAL");
	}

	@Test
	void whatIsDoneIsNoFailure(CapturedOutput output) {
		assertThat(run("create", "x")).isEqualTo(DONE);
		assertThat(run("list")).isEqualTo(DONE);
		assertThat(run("verify")).isEqualTo(DONE);
		assertThat(run("verify", "all")).isEqualTo(DONE);
		assertThat(output.getErr()).isEmpty();
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore", "latest", "--dry-run")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).isEmpty();
		assertThat(run("restore", "latest", "--yes")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).hasSize(3);
	}

	@Test
	void nothingToDoIsNoFailure(CapturedOutput output) throws IOException {
		assertThat(run("list")).isEqualTo(DONE);
		assertThat(run("verify", "all")).isEqualTo(DONE);
		assertThat(output.getErr().lines()).hasSize(2)
			.containsOnly("There are no snapshots of " + this.database + " in " + backups() + ".");
		Files.delete(this.database);
		assertThat(run("create", "x")).isEqualTo(DONE);
		assertThat(this.temp).isEmptyDirectory();
	}

	@Test
	void missingSnapshotIsFailure(CapturedOutput output) {
		for (String[] line : new String[][] { { "verify" }, { "verify", "latest" }, { "verify", "x.db" },
				{ "restore", "latest", "--yes" }, { "restore", "x.db", "--yes" } }) {
			assertThat(run(line)).as("%s", List.of(line)).isEqualTo(FAILED);
		}
		assertThat(output.getErr().lines()).hasSize(5)
			.allMatch((sentence) -> sentence.startsWith("There is no snapshot"));
		assertThat(TestDatabase.items(this.database)).hasSize(3);
	}

	@Test
	void damagedSnapshotIsFailure() {
		assertThat(run("create", "x")).isEqualTo(DONE);
		TestDatabase.execute(this.database, "DELETE FROM item WHERE id = 1");
		assertThat(run("create", "y")).isEqualTo(DONE);
		Path older = BackupDirectory.published(backups()).get(0);
		TestDatabase.truncate(older, older.toFile().length() - 1);
		assertThat(run("verify")).isEqualTo(DONE);
		assertThat(run("verify", "all")).isEqualTo(FAILED);
		assertThat(run("verify", older.getFileName().toString())).isEqualTo(FAILED);
		assertThat(run("restore", older.getFileName().toString(), "--dry-run")).isEqualTo(FAILED);
		assertThat(run("restore", older.getFileName().toString(), "--yes")).isEqualTo(FAILED);
		assertThat(TestDatabase.items(this.database)).hasSize(2);
	}

	/**
	 * Somebody has linked the database to where a snapshot would be.
	 */
	@Test
	void databaseUnderTheNameOfSnapshotIsNotTakenForTheLatestAndIsFailure(CapturedOutput output) throws IOException {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = DELETE");
		assertThat(run("create", "x")).isEqualTo(DONE);
		String ahead = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now().plusHours(2));
		String link = "app-" + ahead + "-linked.db";
		Files.createLink(backups().resolve(link), this.database);
		assertThat(run("verify")).isEqualTo(DONE);
		assertThat(output.getErr()).isEmpty();
		assertThat(run("verify", "all")).isEqualTo(FAILED);
		assertThat(output.getErr()).as("which is in the table").isEmpty();
		assertThat(run("verify", link)).isEqualTo(FAILED);
		assertThat(output.getErr().lines()).singleElement().asString().contains(link);
	}

	@Test
	void snapshotThatCouldBeRestoredPassesItsDrill(CapturedOutput output) {
		assertThat(run("create", "x")).isEqualTo(DONE);
		assertThat(run("drill")).isEqualTo(DONE);
		assertThat(run("drill", "latest", "--json")).isEqualTo(DONE);
		assertThat(output.getErr()).isEmpty();
		assertThat(BackupDirectory.leftovers(backups())).isEmpty();
	}

	@Test
	void snapshotThatCouldNotBeRestoredFailsItsDrill(CapturedOutput output) {
		assertThat(run("create", "x")).isEqualTo(DONE);
		Path snapshot = BackupDirectory.published(backups()).get(0);
		TestDatabase.truncate(snapshot, snapshot.toFile().length() - 1);
		assertThat(run("drill", snapshot.getFileName().toString())).isEqualTo(FAILED);
		assertThat(run("drill", "no-such")).isEqualTo(FAILED);
		assertThat(output.getErr()).contains("There is no snapshot no-such");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Dear diary, " })
	void snapshotThatIsNoDatabaseIsFailure(String content, CapturedOutput output) throws IOException {
		String name = "app-20260417-115719-x.db";
		Files.writeString(Files.createDirectory(backups()).resolve(name), content.repeat(1000));
		assertThat(run("verify", name)).isEqualTo(FAILED);
		assertThat(run("restore", name, "--yes")).isEqualTo(FAILED);
		assertThat(output.getErr().lines()).singleElement().asString().contains(name);
		assertThat(TestDatabase.items(this.database)).hasSize(3);
	}

	@Test
	void damagedDatabaseIsCopiedAndIsFailure() {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = DELETE");
		TestDatabase.truncate(this.database, this.database.toFile().length() - 1);
		assertThat(run("create", "x")).isEqualTo(FAILED);
		assertThat(BackupDirectory.published(backups())).hasSize(1);
	}

	@Test
	void whatIsNoDatabaseIsFailureInOneSentence(CapturedOutput output) throws IOException {
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		assertThat(run("create", "x")).isEqualTo(FAILED);
		assertThat(output.getErr().lines()).singleElement().asString().contains(this.database + "");
	}

	@Test
	void directoryThatIsAFileIsFailureInOneSentence(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.temp.resolve("diary"), "Dear diary, ");
		assertThat(run("create", "x", "--dir", file.toString())).isEqualTo(FAILED);
		assertThat(output.getErr().lines()).singleElement().asString().contains("backup directory " + file);
	}

	@Test
	void lockedDatabaseIsNeitherCopiedNorReplaced(CapturedOutput output) throws SQLException {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = DELETE");
		assertThat(run("create", "x")).isEqualTo(DONE);
		List<String> properties = List.of("--spring.datasource.url=" + TestDatabase.url(this.database),
				"--quartermaster.backup.busy-timeout=100ms");
		try (Connection application = TestDatabase.open(this.database);
				Statement statement = application.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			assertThat(run(List.of("create", "y"), properties)).isEqualTo(FAILED);
			assertThat(run(List.of("restore", "latest", "--yes", "--force"), properties)).isEqualTo(FAILED);
		}
		assertThat(output.getErr().lines()).hasSize(2)
			.allMatch((sentence) -> sentence.contains("was locked for longer than 100 ms"));
		assertThat(BackupDirectory.published(backups())).hasSize(1);
	}

	@Test
	void traceIsForWhoAsksForIt(CapturedOutput output) throws IOException {
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		assertThat(run("create", "x", "--debug")).isEqualTo(FAILED);
		assertThat(output.getErr()).contains("\tat dev.quartermaster.backup.");
	}

	@ParameterizedTest
	@CsvSource({ "'', Usage: dbbackup", "destroy, Did you mean", "create x y, Usage: dbbackup create",
			"create --no-such-option, Unknown option", "restore, 'NAME, latest, FILE'", "restore, --before-version",
			"rehearse --timeout=soon, --timeout", "create --dir=a\0b, --dir" })
	void wrongUsageHasAnExitCodeOfItsOwn(String line, String said, CapturedOutput output) {
		assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(MISUSED);
		assertThat(output.getErr()).contains(said).doesNotContain("\tat ");
		assertThat(backups()).doesNotExist();
	}

	@Test
	void restoreThatNobodyConfirmedIsWrongUsage(CapturedOutput output) {
		assertThat(run("create", "x")).isEqualTo(DONE);
		assertThat(run("restore", "latest")).as("the same").isEqualTo(MISUSED);
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore", "latest")).isEqualTo(MISUSED);
		assertThat(output.getErr().lines()).hasSize(2)
			.allMatch((sentence) -> sentence
				.startsWith("Not restored: this would replace the data in " + this.database + ", and"))
			.allMatch((sentence) -> sentence.contains("--yes"));
		assertThat(TestDatabase.items(this.database)).isEmpty();
	}

	@Test
	void openDatabaseIsRestoredOnlyByForce(CapturedOutput output) throws SQLException {
		assertThat(run("create", "x")).isEqualTo(DONE);
		try (Connection application = TestDatabase.open(this.database);
				Statement statement = application.createStatement()) {
			statement.execute("DELETE FROM item");
			assertThat(run("restore", "latest", "--dry-run")).isEqualTo(DONE);
			assertThat(output.getErr()).contains("would not be restored without --force");
			assertThat(run("restore", "latest", "--yes")).isEqualTo(FAILED);
			assertThat(TestDatabase.items(this.database)).isEmpty();
			assertThat(run("restore", "latest", "--yes", "--force")).isEqualTo(DONE);
			assertThat(TestDatabase.items(this.database)).hasSize(3);
		}
	}

	@Test
	void snapshotOfAnotherDatabaseIsRestoredOnlyByForce() {
		String other = TestDatabase.create(this.temp.resolve("prod-20260417-115719-x.db"), 5).toString();
		assertThat(run("restore", other, "--yes")).isEqualTo(FAILED);
		assertThat(TestDatabase.items(this.database)).hasSize(3);
		assertThat(run("restore", other, "--yes", "--force")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).hasSize(5);
	}

	/**
	 * Another one is the likelier, the more the database that is configured is not where
	 * the application has it.
	 */
	@Test
	void missingDatabaseThatIsOnlyConfiguredIsRestoredFromItsOwnSnapshotsOrByForce(CapturedOutput output)
			throws IOException {
		String other = TestDatabase.create(this.temp.resolve("elsewhere.db"), 5).toString();
		assertThat(runConfigured("create", "x")).isEqualTo(DONE);
		Files.delete(this.database);
		assertThat(runConfigured("restore", "latest")).isEqualTo(MISUSED);
		assertThat(output.getErr()).startsWith("Not restored: there is no data in " + this.database
				+ ", which is configured by spring.datasource.url in the command line, and");
		assertThat(run("restore", "latest")).isEqualTo(MISUSED);
		assertThat(output.getErr()).contains("Not restored: there is no data in " + this.database + ", and");
		assertThat(runConfigured("restore", other, "--yes")).isEqualTo(FAILED);
		assertThat(output.getErr()).contains("is not one of its snapshots");
		assertThat(this.database).doesNotExist();
		assertThat(runConfigured("restore", "latest", "--yes")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).hasSize(3);
		Files.delete(this.database);
		assertThat(runConfigured("restore", other, "--yes", "--force")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).hasSize(5);
		Files.delete(this.database);
		assertThat(run("restore", other, "--yes")).as("named outright").isEqualTo(DONE);
		assertThat(runConfigured("restore", other, "--yes")).as("no longer missing").isEqualTo(DONE);
	}

	@Test
	void indexThatDisagreesWithItsTableIsFailureOnlyOfTheFullCheck() {
		TestDatabase.execute(this.database, "CREATE INDEX item_name ON item (name)", "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX item_name ON item (id)' WHERE name = 'item_name'");
		assertThat(run("create", "x")).isEqualTo(DONE);
		assertThat(run("verify")).isEqualTo(DONE);
		assertThat(run("verify", "--full")).isEqualTo(FAILED);
	}

	@Test
	void whetherRollbackJournalIsOpenIsSaidToBeUnknown(CapturedOutput output) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = DELETE");
		assertThat(run("create", "x")).isEqualTo(DONE);
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore", "latest", "--yes", "--force")).isEqualTo(DONE);
		assertThat(output.getErr()).doesNotContain("It is unknown");
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore", "latest", "--yes")).isEqualTo(DONE);
		assertThat(output.getErr()).contains("because that only shows in WAL mode", "Restart the application");
	}

	@Test
	void restoreAtNextStartIsPlannedShownAndTakenBack(CapturedOutput output) {
		assertThat(run("create", "good")).isEqualTo(DONE);
		assertThat(run("restore", "--at-next-start")).as("none").isEqualTo(DONE);
		assertThat(run("restore", "--at-next-start", "--cancel")).as("none").isEqualTo(DONE);
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore", "latest", "--at-next-start")).isEqualTo(DONE);
		assertThat(TestDatabase.items(this.database)).isEmpty();
		assertThat(output.getErr()).isEmpty();
		assertThat(planned()).exists();
		assertThat(run("restore", "--at-next-start")).isEqualTo(DONE);
		assertThat(run("list")).isEqualTo(DONE);
		assertThat(output.getErr())
			.containsOnlyOnce("The next start of the application is going to restore " + this.database + " from ");
		assertThat(run("create", "other")).isEqualTo(DONE);
		assertThat(run("restore", "latest", "--at-next-start")).as("another").isEqualTo(FAILED);
		assertThat(output.getErr()).contains("is planned already");
		assertThat(run("restore", "--at-next-start", "--cancel")).isEqualTo(DONE);
		assertThat(planned()).doesNotExist();
	}

	@Test
	void restoreAtNextStartLiesWhereTheApplicationLooksWhateverDirectoryWasGiven() {
		Path elsewhere = this.temp.resolve("elsewhere");
		assertThat(run("create", "good", "--dir", elsewhere.toString())).isEqualTo(DONE);
		assertThat(run("restore", "latest", "--at-next-start", "--dir", elsewhere.toString())).isEqualTo(DONE);
		assertThat(planned()).exists();
	}

	@Test
	void restoreAtNextStartThatMakesNoSenseIsMisuse() {
		for (String[] line : new String[][] { { "restore", "--cancel" },
				{ "restore", "latest", "--at-next-start", "--cancel" },
				{ "restore", "latest", "--at-next-start", "--dry-run" } }) {
			assertThat(run(line)).as("%s", List.of(line)).isEqualTo(MISUSED);
		}
	}

	@Test
	void restoreAtNextStartOfWhatIsDamagedOrForeignIsFailure(CapturedOutput output) throws IOException {
		assertThat(run("create", "x")).isEqualTo(DONE);
		Path snapshot = BackupDirectory.published(backups()).get(0);
		Path other = Files.copy(snapshot, this.temp.resolve("prod-20260417-115719-x.db"));
		TestDatabase.truncate(snapshot, snapshot.toFile().length() - 1);
		assertThat(run("restore", snapshot.getFileName().toString(), "--at-next-start")).isEqualTo(FAILED);
		assertThat(run("restore", other.toString(), "--at-next-start")).isEqualTo(FAILED);
		assertThat(output.getErr()).contains("is damaged", "its name says that it belongs to prod");
		assertThat(planned()).doesNotExist();
		assertThat(run("restore", other.toString(), "--at-next-start", "--force")).isEqualTo(DONE);
	}

	@Test
	void restoreTakesThePlanForTheNextStartBack(CapturedOutput output) {
		assertThat(run("create", "good")).isEqualTo(DONE);
		assertThat(run("restore", "latest", "--at-next-start")).isEqualTo(DONE);
		assertThat(run("restore", "latest", "--yes")).isEqualTo(DONE);
		assertThat(planned()).doesNotExist();
		assertThat(output.getErr()).contains("Taken back: the restore from ");
	}

	@Test
	void restoreAtNextStartIsRefusedWhereThatIsSwitchedOff(CapturedOutput output) {
		assertThat(run("create", "good")).isEqualTo(DONE);
		List<String> properties = List.of("--spring.datasource.url=" + TestDatabase.url(this.database),
				"--quartermaster.backup.enabled=false");
		assertThat(run(List.of("restore", "latest", "--at-next-start"), properties)).isEqualTo(FAILED);
		assertThat(output.getErr()).contains("quartermaster.backup.enabled=false");
		assertThat(planned()).doesNotExist();
	}

	private Path planned() {
		return backups().resolve(".quartermaster-restore-planned-app.db.json");
	}

	private Path backups() {
		return this.temp.resolve("backups");
	}

	private int run(String... line) {
		List<String> words = new ArrayList<>(List.of(line));
		if (line.length > 0) {
			words.addAll(List.of("--url", TestDatabase.url(this.database)));
		}
		return run(words, List.of());
	}

	private int runConfigured(String... line) {
		return run(List.of(line), List.of("--spring.datasource.url=" + TestDatabase.url(this.database)));
	}

	private int run(List<String> line, List<String> properties) {
		List<String> all = new ArrayList<>(properties);
		all.add("--spring.config.location=" + this.temp.toUri());
		List<String> words = new ArrayList<>(line);
		words.addAll(all);
		return CommandExecution.run(TypedLine.of(words.toArray(String[]::new)), () -> ConfigurationFiles.read(all));
	}

}
