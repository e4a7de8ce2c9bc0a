/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;

import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link BackupCommand} prints on standard output, which people and
 * scripts read, where that depends on what it found. They run in this process; the rest
 * is tested with the jar of an application.
 */
class BackupCommandOutputTests {

	private static final String UNKNOWN_JOURNAL_MODE = "Its previous journal mode is unknown";

	private static final String GREEN = "\033\\[32m";

	private static final String RED = "\033\\[31m\033\\[1m";

	private static final String END = "\033\\[0m";

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3, "journal_mode = WAL");
	}

	@Test
	void scriptsGetJsonAlsoWhereThereIsNoSnapshot() {
		for (String line : List.of("list --json", "verify all --json")) {
			assertThat(run(line)).isEqualTo(new Printed("{\"snapshots\":[]}", ""));
		}
		assertThat(run("list").out()).isEmpty();
		run("create x");
		run("restore latest --at-next-start");
		assertThat(run("list").err()).startsWith("The next start of the application is going to restore");
		assertThat(run("list --json").err()).isEmpty();
	}

	@Test
	void timeHasOffsetWhereTheApplicationIsConfiguredWithZone() throws IOException {
		TestDatabase.create(Files.createDirectory(backups()).resolve("app-20260417-115719-x.db"), 3);
		assertThat(run("list").out()).contains("2026-04-17 11:57:19  ");
		assertThat(run("list --quartermaster.backup.time-zone=America/St_Johns").out())
			.contains("2026-04-17 11:57:19 -02:30  ");
	}

	@Test
	void databaseThatDoesNotExistIsNamedWithWhatConfiguresIt() throws IOException {
		Files.delete(this.database);
		String origin = "spring.datasource.url in the command line";
		assertThat(run("create").out()).endsWith("there is no data in " + this.database + " yet. It is configured by "
				+ origin + ". If the application keeps its data elsewhere, specify the database with --url.");
		assertThat(json(run("create --json"))).isEqualTo(
				Map.of("database", this.database.toString(), "result", "nothing-to-back-up", "configuredBy", origin));
		String outright = " --url " + TestDatabase.url(this.database);
		assertThat(run("create" + outright).out()).endsWith("there is no data in " + this.database + " yet.");
		assertThat(json(run("create --json" + outright))).containsOnlyKeys("database", "result");
	}

	@Test
	void takingBackTellsWhetherRestoreWasPlanned() {
		run("create x");
		String cancel = "restore --at-next-start --cancel";
		String none = "No restore of " + this.database + " is planned.";
		assertThat(run(cancel).out()).isEqualTo(none);
		assertThat(json(run(cancel + " --json"))).containsEntry("result", "none");
		run("restore latest --at-next-start");
		assertThat(run(cancel).out()).isEqualTo("Taken back: no restore of " + this.database + " is planned any more.");
		run("restore latest --at-next-start");
		assertThat(json(run(cancel + " --json"))).containsEntry("result", "cancelled");
		assertThat(run("restore --at-next-start").out()).isEqualTo(none);
	}

	@Test
	void plannedRestoreThatFailedIsToldWithWhyAndIsNoneToTakeBack() throws IOException {
		run("create x");
		run("restore latest --at-next-start");
		Path planned = backups().resolve(".quartermaster-restore-planned-app.db.json");
		Path failed = Files.move(planned, backups().resolve(".quartermaster-restore-failed-app.db.json"));
		assertThat(run("restore --at-next-start").out()).startsWith("No restore of " + this.database + " is planned.")
			.endsWith(" was not carried out. The log of that start says why.");
		Files.writeString(failed,
				Files.readString(failed).replaceFirst("[{]", "{ \"failure\": \"The disk was full.\", "));
		assertThat(run("restore --at-next-start").out()).endsWith(" was not carried out. The disk was full.");
		assertThat(run("restore latest --yes").err()).doesNotContain("Taken back");
		assertThat(failed).exists();
	}

	@Test
	void whoRestoresTheLatestAgainIsToldThatItIsTheSame() {
		run("create x");
		assertThat(run("restore latest --yes").err()).startsWith("The database is already the same as app-")
			.contains("There is no snapshot that differs.");
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(run("restore latest --yes").err()).isEmpty();
	}

	@Test
	void restoreTellsWhatCouldNotBeCheckedAndWhoCould() {
		Path snapshot = this.temp.resolve("own.db");
		TestDatabase.createWithOwnCollation(snapshot);
		assertThat(run("restore " + snapshot + " --yes").out())
			.contains("Not checked, because only the application can do that: the table item.");
		TestDatabase.execute(snapshot, "CREATE VIRTUAL TABLE text USING fts5(body)",
				"UPDATE text_config SET v = 99 WHERE k = 'version'");
		assertThat(run("restore " + snapshot + " --yes").out())
			.contains("Not checked, because it cannot be read: the tables item, text.");
	}

	@Test
	void unknownJournalModeIsToldWithHowToSetIt() throws IOException {
		run("create x");
		Printed known = run("restore latest --yes");
		assertThat(known.out()).contains("The data that was replaced is kept in ", "To undo the restore:")
			.doesNotContain(UNKNOWN_JOURNAL_MODE);
		assertThat(json(run("restore latest --yes --json"))).doesNotContainKeys("journalMode", "setAside");
		// The name of a snapshot, of which no manifest tells the mode.
		Path bare = TestDatabase.create(backups().resolve("app-20260417-115719-x.db"), 3);
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		assertThat(run("restore " + bare + " --yes").out()).contains("It is kept unchanged as ", UNKNOWN_JOURNAL_MODE)
			.endsWith("run: PRAGMA journal_mode = WAL")
			.doesNotContain("To undo the restore");
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		assertThat(json(run("restore " + bare + " --yes --json"))).containsEntry("journalMode", "delete")
			.containsKey("setAside");
	}

	@Test
	void previewTellsRowsOfEachTableNowAndThen() throws IOException {
		TestDatabase.execute(this.database, "CREATE TABLE before (x)", "PRAGMA writable_schema = ON",
				"INSERT INTO sqlite_schema VALUES ('table', 'own', 'own', 0, 'CREATE VIRTUAL TABLE own USING mine')");
		run("create x");
		TestDatabase.execute(this.database, "DELETE FROM item WHERE id = 1", "DROP TABLE before",
				"CREATE TABLE later (x)", "INSERT INTO later VALUES (1), (2), (3), (4)");
		assertThat(run("restore latest --dry-run").out()).containsPattern("\\Rbefore +- +0\\R")
			.containsPattern("\\Ritem +2 +3\\R")
			.containsPattern("\\Rlater +4 +-\\R")
			.containsPattern("\\Rown +\\? +\\?\\R")
			.containsPattern("\\RFlyway version +- +-\\R")
			.endsWith("Nothing was changed.");
		Map<String, Object> preview = json(run("restore latest --dry-run --json"));
		assertThat(preview).containsEntry("result", "dry-run").containsEntry("flywayVersionNow", null);
		assertThat((List<?>) preview.get("tables")).asString()
			.contains("{table=item, rowsNow=2, rowsThen=3}", "{table=own, rowsNow=null, rowsThen=null}");
		Files.delete(this.database);
		assertThat(run("restore latest --dry-run").out()).containsPattern("\\Ritem +- +3\\R");
	}

	@Test
	void whatIsUnsoundIsRedAndWhatIsSoundIsGreen() throws IOException {
		run("create x");
		Path sound = BackupDirectory.published(backups()).get(0);
		TestDatabase.execute(this.database, "DELETE FROM item WHERE id = 1");
		run("create differs");
		Path differs = BackupDirectory.published(backups())
			.stream()
			.filter((file) -> !file.equals(sound))
			.findFirst()
			.orElseThrow();
		TestDatabase.execute(differs, "UPDATE item SET name = 'another'");
		Path corrupt = Files.createFile(backups().resolve("app-20260417-115719-empty.db"));
		TestDatabase.createWithOwnCollation(backups().resolve("app-20260417-115718-own.db"));
		Printed printed = run("verify all", Ansi.ON, ExitCode.SOFTWARE);
		assertThat(printed.out().lines()).satisfiesExactlyInAnyOrder(
				(line) -> assertThat(line).matches(sound.getFileName() + " +" + GREEN + "quick_check ok" + END),
				(line) -> assertThat(line).matches(differs.getFileName() + " +" + RED + ".*" + END),
				(line) -> assertThat(line)
					.matches(corrupt.getFileName() + " +" + RED + "CORRUPT: the file is empty" + END),
				(line) -> assertThat(line).contains("-own.db", "cannot be verified here").doesNotContain("\033"));
	}

	private static Map<String, Object> json(Printed printed) {
		return JsonParserFactory.getJsonParser().parseMap(printed.out());
	}

	private Path backups() {
		return this.temp.resolve("backups");
	}

	/**
	 * Run a line that must not fail, for an application that is configured with the
	 * database.
	 */
	private Printed run(String line) {
		return run(line, Ansi.OFF, ExitCode.OK);
	}

	private Printed run(String line, Ansi ansi, int exit) {
		List<String> words = new ArrayList<>(List.of(line.split(" ")));
		words.add("--spring.config.location=" + this.temp.toUri());
		words.add("--spring.datasource.url=" + TestDatabase.url(this.database));
		TypedLine typed = TypedLine.of(words.toArray(String[]::new));
		CommandLine command = new CommandLine(new RootCommand(
				new ApplicationConfiguration(typed.properties(), () -> ConfigurationFiles.read(typed.properties()))));
		CommandExecution.addSubcommands(command, words.get(0));
		command.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
		StringWriter out = new StringWriter();
		StringWriter err = new StringWriter();
		command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
		command.setExecutionExceptionHandler((ex, subcommand, result) -> {
			throw ex;
		});
		assertThat(command.execute(typed.command().toArray(String[]::new))).as("%s: %s", line, err).isEqualTo(exit);
		return new Printed(out.toString().stripTrailing(), err.toString().stripTrailing());
	}

	private record Printed(String out, String err) {

	}

}
