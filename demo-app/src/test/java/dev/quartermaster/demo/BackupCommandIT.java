/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The demo as its own backup command, as an operator calls it: what it takes a process, a
 * terminal, an environment or an application to see. What else there is of options and of
 * failures is tested beside the command, where it costs no process.
 */
@Execution(ExecutionMode.CONCURRENT)
class BackupCommandIT {

	/**
	 * What the manifest says for an executable jar. Java 24 and later warn without it.
	 */
	private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

	private static final String COMMAND = "dev.quartermaster.backup.command.BackupCommand";

	private static final String COLOUR = "\033\\[[0-9;]*m";

	private static final Pattern BAR = Pattern.compile("\\[#+-+\\] \\d+ % of \\d+ MB, \\S+ \\S+/s, \\d+ s left");

	private static final int PAGE_SIZE = 4096;

	private static final String STAMP = "[0-9]{8}-[0-9]{6}";

	private final Map<String, String> environment = new HashMap<>();

	/**
	 * Newer than all that the tests take, and less than a day ahead; all but the seconds.
	 */
	private static final String AHEAD = DateTimeFormatter.ofPattern("yyyyMMdd-HHmm")
		.format(LocalDateTime.now().plusHours(2));

	@TempDir
	private Path temp;

	/**
	 * The working directory.
	 */
	private Path home;

	/**
	 * The database in it that the demo has by default.
	 */
	private Path database;

	@BeforeEach
	void makeDatabase() throws Exception {
		this.home = Files.createDirectory(this.temp.toRealPath().resolve("home of it"));
		this.database = make(this.home.resolve("quartermaster.db"), "anvil", "bellows");
	}

	@Test
	void createListVerifyAndRestore() throws Exception {
		Map<Path, String> before = contents(this.home);
		CommandRun created = run("create", "Before: Import!").done();
		Path snapshot = onlySnapshot();
		assertThat(snapshot.getFileName().toString()).matches("quartermaster-" + STAMP + "-before-import\\.db");
		assertThat(created.out())
			.isEqualTo("Backed up %s to %s (8.0 KB, quick_check ok)%n".formatted(this.database, snapshot));
		assertThat(items(snapshot)).containsExactly("anvil", "bellows");
		Map<Path, String> after = contents(this.home);
		this.environment.put("TZ", "America/St_Johns");
		CommandRun listed = run("list").done();
		this.environment.remove("TZ");
		assertThat(listed.out().lines().toList()).satisfiesExactly(
				(line) -> assertThat(line).matches("NAME +TAKEN +SIZE +REASON"), (line) -> assertThat(line).matches(
						snapshot.getFileName() + "  [0-9-]{10} [0-9:]{8} [+-][0-9:]{5}  8\\.0 KB  Before: Import!"));
		assertThat(run("verify", snapshot.getFileName().toString()).done().out())
			.isEqualTo(snapshot.getFileName() + "  quick_check ok" + System.lineSeparator());
		assertThat(contents(this.home)).isEqualTo(after).containsAllEntriesOf(before);
		SqliteShell.query(this.database, "DELETE FROM item");
		CommandRun restored = run("restore", snapshot.getFileName().toString(), "--yes").doneWithNote();
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
		Path kept = snapshot("pre-restore");
		assertThat(items(kept)).isEmpty();
		assertThat(restored.out()).contains("Restored " + this.database + " from " + snapshot, "kept in " + kept,
				"To undo the restore:");
		assertThat(restored.err()).containsOnlyOnce("It is unknown whether the application has");
		assertThat(restored.err().lines()).hasSize(1);
		assertThat(snapshot).exists();
		assertThat(run("restore", "latest", "--yes").doneWithNote().out()).contains("from " + snapshot);
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
		String undo = restored.out().lines().reduce((line, next) -> next).orElseThrow();
		assertThat(shell(Files.createDirectory(this.temp.resolve("elsewhere")), undo).doneWithNote().out())
			.contains("from " + kept, "To undo the restore:");
		assertThat(items(this.database)).isEmpty();
	}

	@Test
	void printsJson() throws Exception {
		String created = run("create", "--json", "--", "--spring.reason=x").done().out();
		Path snapshot = onlySnapshot();
		assertThat(JsonPath.<Map<String, Object>>read(created, "$")).containsEntry("result", "created")
			.containsEntry("database", this.database.toString());
		assertThat(JsonPath.<Map<String, Object>>read(created, "$.snapshot")).containsEntry("file", snapshot.toString())
			.containsEntry("name", snapshot.getFileName().toString())
			.containsEntry("reason", "spring-reason-x")
			.containsEntry("size", 2 * PAGE_SIZE);
		assertThat(JsonPath.<String>read(created, "$.verification.status")).isEqualTo("sound");
		String listed = run("list", "--json").done().out();
		assertThat(JsonPath.<Map<String, Object>>read(listed, "$.snapshots[0]"))
			.containsEntry("name", snapshot.getFileName().toString())
			.containsEntry("reason", "spring-reason-x")
			.containsEntry("reasonInFull", "--spring.reason=x")
			.containsEntry("size", 2 * PAGE_SIZE);
		assertThat(JsonPath.<Object>read(listed, "$.snapshots.length()")).isEqualTo(1);
		String verified = run("verify", "all", "--full", "--json").done().out();
		assertThat(verified).contains("\"verification\":{\"status\":\"sound\",\"detail\":\"integrity_check ok\"}");
		SqliteShell.query(this.database, "DELETE FROM item WHERE name = 'anvil'; CREATE TABLE extra (x)");
		Map<Path, String> before = contents(this.home);
		String preview = run("restore", "latest", "--dry-run", "--json").doneWithNote().out();
		assertThat(JsonPath.<List<Map<String, Object>>>read(preview, "$.tables")).satisfiesExactly(
				(table) -> assertThat(table).containsEntry("table", "extra")
					.containsEntry("rowsNow", 0)
					.containsEntry("rowsThen", null),
				(table) -> assertThat(table).containsEntry("table", "item")
					.containsEntry("rowsNow", 1)
					.containsEntry("rowsThen", 2));
		assertThat(contents(this.home)).isEqualTo(before);
		String restored = run("restore", "latest", "--yes", "--json").doneWithNote().out();
		assertThat(JsonPath.<Map<String, Object>>read(restored, "$")).containsEntry("result", "restored")
			.containsEntry("restored", snapshot.toString());
		assertThat(JsonPath.<String>read(restored, "$.kept.file")).isEqualTo(snapshot("pre-restore").toString());
	}

	@Test
	void drillTellsHowLongRestoreTakes() throws Exception {
		run("create").done();
		Map<Path, String> before = contents(this.home);
		String name = onlySnapshot().getFileName().toString();
		assertThat(run("drill").done().out())
			.matches(Pattern.quote(name) + "  restored 8\\.0 KB in \\d+\\.\\d s, full check ok\\R"
					+ "Flyway's validate was part of it\\. The SnapshotCheck beans .*\\R");
		String json = run("drill", name, "--json").done().out();
		assertThat(JsonPath.<Map<String, Object>>read(json, "$")).containsOnlyKeys("result", "database", "snapshot",
				"summary", "millis", "checks");
		assertThat(JsonPath.<String>read(json, "$.result")).isEqualTo("passed");
		assertThat(JsonPath.<String>read(json, "$.snapshot.name")).isEqualTo(name);
		SqliteShell.query(onlySnapshot(), "DELETE FROM item WHERE name = 'anvil'");
		CommandRun failed = run("drill");
		assertThat(failed.exit()).isOne();
		assertThat(failed.out()).contains("FAILED: ", "the table item has 1 row instead of 2");
		assertThat(contents(this.home).keySet()).isEqualTo(before.keySet());
	}

	@ParameterizedTest
	@ValueSource(strings = { "--help", "restore -h" })
	void helps(String arguments) throws Exception {
		assertThat(run(arguments.split(" ")).done().out()).startsWith("Usage: dbbackup").doesNotContain("\033");
		assertThat(snapshots()).isEmpty();
	}

	@Test
	void tellsVersion() throws Exception {
		assertThat(run("--version").done().out()).matches("Quartermaster Backup [0-9]+\\.[0-9]+\\.[0-9]+.*\\R");
	}

	@Test
	void urlAndDirectoryCanBeGivenOutright() throws Exception {
		make(this.home.resolve("other.db"), "cask");
		run("create", "--url", "jdbc:sqlite:other.db?journal_mode=WAL", "--dir", "one").done();
		run("create", "--url", "sqlite:///" + this.home.resolve("other.db"), "--quartermaster.backup.dir=two").done();
		for (String directory : List.of("one", "two")) {
			List<Path> files = BackupDirectory.files(this.home.resolve(directory));
			assertThat(files).hasSize(1);
			assertThat(files.get(0).getFileName().toString()).matches("other-" + STAMP + "-manual\\.db");
			assertThat(items(files.get(0))).containsExactly("cask");
		}
		assertThat(SqliteShell.query(this.home.resolve("other.db"), "PRAGMA journal_mode")).containsExactly("delete");
		assertThat(snapshots()).isEmpty();
	}

	@Test
	void nothingToBackUpIsNoError() throws Exception {
		Map<Path, String> before = contents(this.temp);
		assertThat(run("create", "--url", "sqlite:///sub/missing.db", "--json").done().out())
			.contains("\"result\":\"nothing-to-back-up\"", this.home.resolve("sub/missing.db").toString());
		assertThat(contents(this.temp)).isEqualTo(before);
		SqliteShell.query(this.home.resolve("blank.db"), "PRAGMA user_version = 1; PRAGMA user_version = 0");
		assertThat(run("create", "--url", "jdbc:sqlite:blank.db").done().out()).contains("Nothing to back up");
		assertThat(snapshots()).isEmpty();
	}

	@Test
	void warningsAreSentencesOnStandardError() throws Exception {
		copyAsSnapshot();
		Files.delete(this.database);
		CommandRun gone = run("create", "after the loss").doneWithNote();
		assertThat(gone.out().lines()).hasSize(1);
		assertThat(gone.err().lines()).as(gone.err()).hasSize(2);
		Path snapshot = onlySnapshot();
		assertThat(gone.err()).startsWith("Nothing to back up: there is no data in " + this.database)
			.contains("restore the newest one, " + snapshot + ":")
			.endsWith("%n    java -Dorg.sqlite.tmpdir=%s -Djarmode=dbbackup -jar %s restore"
				.formatted(System.getProperty("java.io.tmpdir"), ExtractedDemo.jar())
					+ " '%s' --url 'jdbc:sqlite:%s' --dir '%s' --yes%n".formatted(snapshot, this.database,
							snapshot.getParent()));
	}

	@Test
	void failureIsOneLine() throws Exception {
		run("create", "--spring.datasource.url=jdbc:postgresql://me:open-sesame@host/db?password=open-sesame")
			.failed("jdbc:postgresql, not SQLite");
		run("create", "--quartermaster.backup.min-free-space=1000TB").failed("not enough free space for a snapshot");
		run("restore", "../diary.db", "--yes").failed("There is no snapshot ../diary.db");
		assertThat(snapshots()).isEmpty();
	}

	@Test
	void wrongUsageIsTold() throws Exception {
		Map<Path, String> before = contents(this.home);
		run("create", "--bogus").misused("--bogus", "Usage: dbbackup create");
		assertThat(contents(this.home)).isEqualTo(before);
	}

	@Test
	void configurationIsThatOfTheApplication() throws Exception {
		for (String name : List.of("profile", "spring", "orders")) {
			make(this.home.resolve(name + ".db"), name);
		}
		Path config = Files.createDirectory(this.home.resolve("config"));
		Files.writeString(config.resolve("application-other.yml"), """
				spring: {datasource: {url: 'jdbc:sqlite:profile.db'}}
				quartermaster: {backup: {dir: of-profile}}
				""");
		Files.writeString(config.resolve("application-several.yml"), """
				app: {order-book: {jdbc-url: 'jdbc:sqlite:elsewhere.db'}}
				""");
		this.environment.put("SPRING_PROFILES_ACTIVE", "other");
		this.environment.put("QUARTERMASTER_BACKUP_DIR", "of-environment");
		run("create").done();
		assertOneSnapshotIn("of-environment", "profile");
		this.environment.put("SPRING_DATASOURCE_URL", "jdbc:sqlite:spring.db");
		this.environment.put("QUARTERMASTER_BACKUP_DIR", "of-spring");
		run("create").done();
		assertOneSnapshotIn("of-spring", "spring");
		this.environment.remove("SPRING_DATASOURCE_URL");
		this.environment.put("SPRING_PROFILES_ACTIVE", "several");
		this.environment.put("APP_ORDERBOOK_JDBCURL", "jdbc:sqlite:orders.db");
		this.environment.put("QUARTERMASTER_BACKUP_DIR", "of-several");
		run("create", "--database", "order-book").done();
		assertOneSnapshotIn("of-several", "orders");
		assertThat(snapshots()).isEmpty();
	}

	@Test
	void databasesOfTheSameFileNameStayApart() throws Exception {
		make(Files.createDirectory(this.home.resolve("tasks")).resolve("quartermaster.db"), "sweep");
		Path config = Files.createDirectory(this.home.resolve("config"));
		Files.writeString(config.resolve("application.yml"), """
				app: {datasource: {tasks: {url: 'jdbc:sqlite:tasks/quartermaster.db'}}}
				quartermaster: {backup: {dir: all}}
				""");
		run("create", "--database", "tasks").done();
		assertOneSnapshotIn("all/tasks", "sweep");
		assertThat(BackupDirectory.files(this.home.resolve("all"))).isEmpty();
	}

	@Test
	void variableNamesDatabaseUnlessTheLineDoes() throws Exception {
		make(this.home.resolve("other.db"), "cask");
		this.environment.put("QUARTERMASTER_DB_URL", "sqlite:///other.db");
		run("create").done();
		assertThat(onlySnapshot().getFileName().toString()).startsWith("other-");
		run("create", "--spring.datasource.url=jdbc:sqlite:quartermaster.db").done();
		assertThat(items(snapshot("quartermaster-"))).containsExactly("anvil", "bellows");
	}

	@Test
	void verifyFindsUnsoundSnapshotsAndChangesNone() throws Exception {
		SqliteShell.query(this.database, "CREATE INDEX item_name ON item (name); INSERT INTO item (name)"
				+ " SELECT hex(randomblob(500)) FROM (SELECT 1 FROM pragma_function_list LIMIT 50)");
		Path good = copyAsSnapshot();
		byte[] content = Files.readAllBytes(good);
		Files.write(named(AHEAD + "01-empty"), new byte[0]);
		Files.write(named(AHEAD + "02-cut"), Arrays.copyOf(content, content.length / 2));
		byte[] flipped = content.clone();
		for (int i = PAGE_SIZE; i < PAGE_SIZE + 64; i++) {
			flipped[i] = (byte) ~flipped[i];
		}
		Files.write(named(AHEAD + "03-flipped"), flipped);
		Files.writeString(named(AHEAD + "04-text"), "Dear diary, ".repeat(1000));
		Path wrongIndex = Files.copy(good, named(AHEAD + "05-index"));
		SqliteShell.query(wrongIndex, "PRAGMA writable_schema = ON;"
				+ " UPDATE sqlite_schema SET sql = 'CREATE INDEX item_name ON item (name DESC)' WHERE name = 'item_name'");
		Files.writeString(this.home.resolve("backups/quartermaster-notes.db"), "not a snapshot's name");
		Map<Path, String> before = contents(this.home);
		CommandRun quick = run("verify", "all");
		assertThat(quick.exit()).isOne();
		assertThat(quick.err()).isEmpty();
		assertThat(quick.out()).doesNotContain("\033");
		assertThat(quick.out().lines().toList()).satisfiesExactly(
				(line) -> assertThat(line).matches(".*-index\\.db +quick_check ok"),
				(line) -> assertThat(line).matches(".*-text\\.db +CORRUPT: .*"),
				(line) -> assertThat(line).matches(".*-flipped\\.db +CORRUPT: .*"),
				(line) -> assertThat(line).matches(".*-cut\\.db +CORRUPT: .*"),
				(line) -> assertThat(line).matches(".*-empty\\.db +CORRUPT: the file is empty"),
				(line) -> assertThat(line).matches(".*-000000-x\\.db +quick_check ok"));
		CommandRun full = run("verify", "latest", "--full");
		assertThat(full.exit()).isOne();
		assertThat(full.out()).contains("-index.db", "CORRUPT");
		String flippedName = named(AHEAD + "03-flipped").getFileName().toString();
		run("restore", flippedName, "--yes").failed(flippedName, "damaged");
		// What is corrupt and has no manifest gets one, which says that it was told.
		Map<Path, String> after = contents(this.home);
		assertThat(after).containsAllEntriesOf(before);
		assertThat(after.keySet()).filteredOn((file) -> !before.containsKey(file))
			.allMatch((file) -> file.toString().endsWith(".db.json"));
	}

	@Test
	void restoresFromAnyFileIntoMissingDatabase() throws Exception {
		Path file = make(this.temp.resolve("from elsewhere.db"), "cask");
		Path missing = this.home.resolve("data/of/app.db");
		CommandRun restored = run("restore", file.toString(), "--url", "jdbc:sqlite:data/of/app.db", "--yes").done();
		assertThat(restored.out()).contains("Restored " + missing + " from " + file.toRealPath());
		assertThat(items(missing)).containsExactly("cask");
		assertThat(BackupDirectory.files(this.home.resolve("data/of"))).containsExactly(missing);
		assertThat(file).exists();
	}

	@Test
	void restoreThatMeetsLockOrFullDiskLeavesDatabaseAsItWas() throws Exception {
		SqliteShell.query(this.database, "CREATE TABLE big AS SELECT randomblob(5000000)");
		copyAsSnapshot();
		SqliteShell.query(this.database, "DELETE FROM item WHERE name = 'anvil'");
		try (Connection application = DriverManager.getConnection("jdbc:sqlite:" + this.database);
				Statement statement = application.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			run("restore", "latest", "--yes").failed("is open in another process");
		}
		List<String> limited = new ArrayList<>(List.of("prlimit", "--fsize=2000000"));
		limited.addAll(command("restore", "latest", "--yes"));
		CommandRun full = CommandRun.of(this.home, this.environment, "", limited);
		assertThat(full.exit()).as(full.all()).isOne();
		assertThat(full.err()).contains("quartermaster.db").doesNotContain("Exception");
		assertThat(full.out()).isEmpty();
		assertThat(items(this.database)).containsExactly("bellows");
		assertThat(SqliteShell.query(this.database, "PRAGMA integrity_check")).containsExactly("ok");
	}

	@Test
	void lostDatabaseBehindLinkIsRestored() throws Exception {
		Path data = Files.createDirectory(this.home.resolve("data")).resolve("app.db");
		Files.move(this.database, data);
		Files.createSymbolicLink(this.database, Path.of("data", "app.db"));
		run("create").done();
		Files.delete(data);
		assertThat(BackupDirectory.files(data.resolveSibling("backups"))).singleElement()
			.extracting((file) -> file.getFileName().toString())
			.asString()
			.startsWith("app-");
		run("restore", "latest", "--yes").done();
		assertThat(items(data)).containsExactly("anvil", "bellows");
		assertThat(this.database).isSymbolicLink();
	}

	@Test
	void setsCorruptDatabaseAside() throws Exception {
		copyAsSnapshot();
		byte[] damaged = Files.readAllBytes(this.database);
		for (int i = PAGE_SIZE; i < 2 * PAGE_SIZE; i++) {
			damaged[i] = (byte) ~damaged[i];
		}
		Files.write(this.database, damaged);
		CommandRun restored = run("restore", "latest", "--yes").doneWithNote();
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
		Path aside = BackupDirectory.files(this.home)
			.stream()
			.filter((file) -> file.getFileName().toString().matches("quartermaster-damaged-" + STAMP + "\\.db"))
			.findFirst()
			.orElseThrow();
		assertThat(aside).hasBinaryContent(damaged);
		assertThat(restored.out()).contains("kept unchanged as " + aside, "which is damaged as well")
			.doesNotContain("To undo the restore");
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		run("restore", "latest", "--yes").doneWithNote();
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
		assertThat(BackupDirectory.files(this.home).stream().filter((file) -> file.toString().contains("-damaged-")))
			.hasSize(2);
	}

	@Test
	void runningApplicationSeesRestoredRows() throws Exception {
		Files.delete(this.database);
		SqliteShell.query(this.database, "PRAGMA journal_mode = WAL");
		Path backups = this.home.resolve("backups");
		try (DemoProcess demo = DemoProcess.start(ExtractedDemo.java(), this.home, this.database, backups)) {
			assertThat(demo.post("/items", item("cask")).statusCode()).isEqualTo(201);
			run("create", "with cask").done();
			assertThat(demo.post("/items", item("dowel")).statusCode()).isEqualTo(201);
			run("restore", "latest", "--yes").failed("is open in another process", "--force");
			assertThat(demo.get("/items").body()).contains("cask", "dowel");
			assertThat(snapshots()).hasSize(1);
			run("restore", "latest", "--yes", "--force").done();
			assertThat(demo.get("/items").body()).contains("cask").doesNotContain("dowel");
			assertThat(demo.post("/items", item("easel")).statusCode()).isEqualTo(201);
			assertThat(items(snapshot("pre-restore"))).contains("cask", "dowel");
			assertThat(demo.log()).doesNotContain(" WARN ", " ERROR ");
		}
		assertThat(items(this.database)).contains("cask", "easel").doesNotContain("dowel");
		assertThat(SqliteShell.query(this.database, "PRAGMA integrity_check")).containsExactly("ok");
		assertThat(SqliteShell.query(this.database, "PRAGMA journal_mode")).containsExactly("wal");
	}

	@Test
	void dryRunTellsFlywayVersionsAndChangesNothingOfWhatIsNoDatabase() throws Exception {
		SqliteShell.query(this.database,
				"CREATE TABLE flyway_schema_history (installed_rank INT, version TEXT, success BOOLEAN, checksum INT,"
						+ " installed_on TEXT, execution_time INT); INSERT INTO flyway_schema_history (installed_rank, version,"
						+ " success) VALUES (1, '1', 1), (2, '2.1', 1), (3, NULL, 1), (4, '3', 0)");
		copyAsSnapshot();
		SqliteShell.query(this.database,
				"INSERT INTO flyway_schema_history (installed_rank, version, success) VALUES (5, '3', 1);"
						+ " DROP TABLE item");
		Map<Path, String> before = contents(this.home);
		CommandRun preview = run("restore", "latest", "--dry-run").done();
		assertThat(preview.out().lines().skip(1).toList()).containsExactly("TABLE                  ROWS NOW  ROWS THEN",
				"flyway_schema_history  5         4", "item                   -         2",
				"Flyway version         3         2.1", "Nothing was changed.");
		assertThat(contents(this.home)).isEqualTo(before);
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		Files.writeString(this.home.resolve("quartermaster.db-wal"), "no log");
		Files.writeString(this.home.resolve("quartermaster.db-journal"), "no journal");
		before = contents(this.home);
		preview = run("restore", "latest", "--dry-run").doneWithNote();
		assertThat(preview.out()).containsPattern("item +- +2\\R").contains("Nothing was changed.");
		assertThat(preview.err()).contains("is not a SQLite database");
		assertThat(contents(this.home)).isEqualTo(before);
	}

	@Test
	void asksOnTerminal() throws Exception {
		copyAsSnapshot();
		SqliteShell.query(this.database, "DELETE FROM item");
		CommandRun refused = onTerminal("n\n", "restore", "latest");
		assertThat(refused.exit()).as(refused.all()).isOne();
		assertThat(refused.out()).contains("Replace the data in " + this.database, "[y/N]", "Not restored")
			.doesNotContain("There is no data");
		assertThat(refused.out().indexOf("It is unknown whether the application has")).isNotNegative()
			.isLessThan(refused.out().indexOf("[y/N]"));
		assertThat(items(this.database)).isEmpty();
		assertThat(snapshots()).hasSize(1);
		CommandRun agreed = onTerminal("y\n", "restore", "latest");
		assertThat(agreed.exit()).as(agreed.all()).isZero();
		assertThat(agreed.out()).contains("Restored " + this.database);
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
		Files.delete(this.database);
		CommandRun missing = onTerminal("yes\n", "restore", "latest");
		assertThat(missing.exit()).as(missing.all()).isZero();
		assertThat(missing.out())
			.contains("There is no data in " + this.database + ", which is configured by spring.datasource.url in ",
					"Restore " + this.database + " from ", "[y/N]")
			.doesNotContain("It is unknown whether");
		assertThat(items(this.database)).containsExactly("anvil", "bellows");
	}

	@Test
	void coloursAreForTerminalsAndCanBeTurnedOff() throws Exception {
		copyAsSnapshot();
		Files.createFile(named(AHEAD + "01-empty"));
		CommandRun coloured = onTerminal("", "verify", "all");
		assertThat(coloured.exit()).as(coloured.all()).isOne();
		assertThat(coloured.out()).contains("\033[32mquick_check ok\033[0m")
			.contains("\033[31m\033[1mCORRUPT: the file is empty\033[0m");
		assertThat(onTerminal("", "verify", "all", "--no-color").out()).contains("quick_check ok", "CORRUPT")
			.doesNotContainPattern(COLOUR);
		this.environment.put("NO_COLOR", "1");
		assertThat(onTerminal("", "verify", "--help").out()).contains("Usage: dbbackup verify")
			.doesNotContainPattern(COLOUR);
	}

	@Test
	void longCopyShowsBarOnTerminalAndNowhereElse() throws Exception {
		SqliteShell.query(this.database, "INSERT INTO item (name) VALUES (randomblob(40000000))");
		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> lockAgainAndAgain(done));
		try {
			String seen = "";
			// On a busy machine a gap may be long enough for all of the copy.
			for (int tries = 0; tries < 5 && !BAR.matcher(seen).find(); tries++) {
				seen = onTerminal("", "create", "seen").out();
			}
			assertThat(seen).containsPattern(BAR).contains("Backed up " + this.database);
			CommandRun redirected = onTerminalRedirected("2>err.txt", "", "create", "unseen");
			assertThat(redirected.out()).contains("Backed up " + this.database).doesNotContain(" % of ");
			assertThat(this.home.resolve("err.txt")).isEmptyFile();
		}
		finally {
			done.set(true);
			writer.get();
		}
	}

	/**
	 * Keep a copy from going on for longer than a bar is put off, with gaps in which it
	 * comes a step further.
	 */
	private void lockAgainAndAgain(AtomicBoolean done) {
		try (Connection application = DriverManager.getConnection("jdbc:sqlite:" + this.database);
				Statement statement = application.createStatement()) {
			while (!done.get()) {
				statement.execute("BEGIN EXCLUSIVE");
				Thread.sleep(600);
				statement.execute("COMMIT");
				Thread.sleep(5);
			}
		}
		catch (SQLException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void runsFromClassPathExtractedJarAndPropertiesLauncher() throws Exception {
		Path extracted = ExtractedDemo.jar();
		String libraries = extracted.resolveSibling("lib") + "/*";
		assertThat(java(NATIVE_ACCESS, "-cp", libraries + ":" + extracted, COMMAND, "create", "extracted").done().out())
			.contains("-extracted.db");
		assertThat(java(NATIVE_ACCESS, "-cp", DemoJar.path().toString(), "-Dloader.main=" + COMMAND,
				"org.springframework.boot.loader.launch.PropertiesLauncher", "create", "launched")
			.done()
			.out()).contains("-launched.db");
		assertThat(
				java(NATIVE_ACCESS, "-cp", libraries, COMMAND, "list", "--url", "jdbc:sqlite:quartermaster.db").done()
					.out())
			.contains("-extracted.db", "-launched.db");
		assertThat(SqliteShell.query(this.database, "SELECT name FROM sqlite_schema")).containsExactly("item");
	}

	@Test
	void scriptTakesSnapshots() throws Exception {
		Path script = Path.of("scripts", "backup-db.sh").toAbsolutePath();
		script(script).done();
		assertThat(onlySnapshot().getFileName().toString()).matches("quartermaster-" + STAMP + "-manual\\.db");
		CommandRun traced = traced(script, "--with.dashes=and more");
		assertThat(traced.out()).contains("-with-dashes-and-more.db");
		make(this.home.resolve("other.db"), "cask");
		this.environment.put("QUARTERMASTER_BACKUP_DIR", "elsewhere");
		this.environment.put("QUARTERMASTER_DB_URL", "sqlite:///other.db");
		script(script, "configured").done();
		assertThat(BackupDirectory.files(this.home.resolve("elsewhere"))).singleElement()
			.extracting((file) -> file.getFileName().toString())
			.asString()
			.matches("other-" + STAMP + "-configured\\.db");
		assertThat(snapshots()).hasSize(2);
		Files.writeString(this.home.resolve("diary.db"), "Dear diary, ".repeat(1000));
		this.environment.put("QUARTERMASTER_DB_URL", "sqlite:///diary.db");
		script(script).failed("diary.db is not a SQLite database");
		this.environment.remove("QUARTERMASTER_DB_URL");
		assertUsesWhatWasPrepared(script, Path.of(value(traced, "copy=")));
	}

	/**
	 * The archive is made in the background.
	 */
	private void assertUsesWhatWasPrepared(Path script, Path copy) throws Exception {
		for (long end = System.nanoTime() + 300_000_000_000L; !Files.exists(copy.resolve("ready")); Thread.sleep(50)) {
			assertThat(System.nanoTime()).as("%s is made ready, if there is 1 GB of room", copy).isLessThan(end);
		}
		Path archive = copy.resolve("classes.jsa");
		CommandRun fast = traced(script, "fast");
		assertThat(value(fast, "exec ")).contains("-XX:SharedArchiveFile=" + archive).doesNotContain(" -jar ");
		assertThat(fast.out()).contains("Backed up ").contains("-fast.db");
		this.environment.put("JDK_JAVA_OPTIONS", "-XX:+UseParallelGC");
		assertThat(script(script, "with options of another").doneWithNote().err().lines()).singleElement()
			.asString()
			.contains("JDK_JAVA_OPTIONS");
		this.environment.remove("JDK_JAVA_OPTIONS");
		byte[] content = Files.readAllBytes(archive);
		Files.delete(archive);
		try {
			Files.write(archive, Arrays.copyOf(content, content.length / 2));
			script(script, "damaged archive").done();
		}
		finally {
			Files.write(archive, content);
		}
		Files.delete(this.database);
		assertThat(script(script, "lost").doneWithNote().err()).contains("java -Djarmode=dbbackup -jar "
				+ script.resolveSibling("../target/demo-app.jar").normalize() + " restore ");
	}

	@Test
	void scriptIsFoundThroughLinksAndInDirectoriesWithSpaces() throws Exception {
		Path demo = this.temp.resolve("a demo");
		Files.createDirectories(demo.resolve("target"));
		Path jar = Files.copy(DemoJar.path(), demo.resolve("target/demo-app.jar"), StandardCopyOption.COPY_ATTRIBUTES);
		// In the way of what is prepared for the next run.
		Files.createFile(demo.resolve("target/backup-db"));
		Path script = demo.resolve("scripts/backup-db.sh");
		Files.createDirectories(script.getParent());
		Files.copy(Path.of("scripts", "backup-db.sh"), script, StandardCopyOption.COPY_ATTRIBUTES);
		Path hooks = Files.createDirectory(this.home.resolve("my hooks"));
		Path link = Files.createSymbolicLink(hooks.resolve("pre-commit"), hooks.relativize(script));
		Path linkToLink = Files.createSymbolicLink(this.home.resolve("hook"), link);
		CommandRun linked = traced(link, "linked");
		assertThat(linked.out()).contains("-linked.db");
		// Another build, to which Maven gives the same time of modification.
		Files.setLastModifiedTime(jar, Files.getLastModifiedTime(jar));
		CommandRun twice = traced(this.home.relativize(linkToLink), "twice");
		assertThat(twice.out()).contains("-twice.db");
		assertThat(snapshots()).hasSize(2);
		assertThat(value(linked, "copy=")).isNotEqualTo(value(twice, "copy="));
	}

	/**
	 * Return what follows in the line of a trace that begins so.
	 */
	private static String value(CommandRun traced, String begin) {
		String line = traced.err().lines().filter((each) -> each.startsWith("+ " + begin)).findFirst().orElseThrow();
		// What has a blank in it is quoted.
		return line.substring(2 + begin.length()).replace("'", "");
	}

	/**
	 * Run the script with a trace of its commands, which is all that it may print on
	 * standard error.
	 */
	private CommandRun traced(Path script, String reason) throws Exception {
		CommandRun run = bash("-x", script.toString(), reason).doneWithNote();
		assertThat(run.err().lines().filter((line) -> !line.startsWith("+"))).as(run.err()).isEmpty();
		return run;
	}

	private CommandRun run(String... arguments) throws Exception {
		return CommandRun.of(this.home, this.environment, "", command(arguments));
	}

	private static List<String> command(String... arguments) {
		List<String> command = ExtractedDemo.java("-Djarmode=dbbackup");
		command.addAll(List.of(arguments));
		return command;
	}

	private CommandRun java(String... arguments) throws Exception {
		return CommandRun.of(this.home, this.environment, "", DemoJar.java(arguments));
	}

	/**
	 * Type a line that was printed, in any directory.
	 */
	private CommandRun shell(Path directory, String line) throws Exception {
		assertThat(line).startsWith("    java ");
		String java = "'" + DemoJar.java().get(0) + "'";
		return CommandRun.of(directory, this.environment, "", List.of("sh", "-c", line.replaceFirst("java", java)));
	}

	private CommandRun script(Path script, String... arguments) throws Exception {
		return bash(Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toArray(String[]::new));
	}

	private CommandRun bash(String... words) throws Exception {
		this.environment.put("JAVA_HOME", System.getProperty("java.home"));
		List<String> command = new ArrayList<>(List.of("bash"));
		command.addAll(List.of(words));
		return CommandRun.of(this.home, this.environment, "", command);
	}

	/**
	 * Run the command as if somebody had typed it, with both streams on the terminal.
	 */
	private CommandRun onTerminal(String typed, String... arguments) throws Exception {
		return onTerminalRedirected("", typed, arguments);
	}

	private CommandRun onTerminalRedirected(String redirection, String typed, String... arguments) throws Exception {
		assumeTrue(hasScript(), "needs the script command of util-linux (Debian: apt-get install bsdutils)");
		this.environment.put("TERM", "xterm");
		String line = String.join(" ", command(arguments).stream().map((word) -> "'" + word + "'").toList()) + " "
				+ redirection;
		return CommandRun.of(this.home, this.environment, typed, List.of("script", "-qec", line, "/dev/null"));
	}

	private static boolean hasScript() throws InterruptedException {
		try {
			Process process = new ProcessBuilder("script", "--version").redirectErrorStream(true).start();
			String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return process.waitFor() == 0 && version.contains("util-linux");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Path make(Path file, String... items) throws Exception {
		SqliteShell.query(file, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
		for (String item : items) {
			SqliteShell.query(file, "INSERT INTO item (name) VALUES ('" + item + "')");
		}
		return file;
	}

	private static List<String> items(Path file) throws Exception {
		return SqliteShell.query(file, "SELECT name FROM item ORDER BY id");
	}

	private static String item(String name) {
		return "{\"name\":\"%s\",\"quantity\":1,\"location\":\"smithy\"}".formatted(name);
	}

	private Path named(String stampAndReason) {
		return this.home.resolve("backups/quartermaster-" + stampAndReason + ".db");
	}

	/**
	 * Copy the database to where a snapshot of it would be, which is older than all that
	 * are taken.
	 */
	private Path copyAsSnapshot() throws IOException {
		Path snapshot = named("20260101-000000-x");
		Files.createDirectories(snapshot.getParent());
		return Files.copy(this.database, snapshot);
	}

	private List<Path> snapshots() throws IOException {
		return BackupDirectory.files(this.home.resolve("backups"));
	}

	private Path onlySnapshot() throws IOException {
		List<Path> snapshots = snapshots();
		assertThat(snapshots).hasSize(1);
		return snapshots.get(0);
	}

	/**
	 * Return the first snapshot whose name has a part.
	 */
	private Path snapshot(String part) throws IOException {
		return snapshots().stream()
			.filter((file) -> file.getFileName().toString().contains(part))
			.findFirst()
			.orElseThrow();
	}

	private void assertOneSnapshotIn(String directory, String... items) throws Exception {
		List<Path> files = BackupDirectory.files(this.home.resolve(directory));
		assertThat(files).hasSize(1);
		assertThat(items(files.get(0))).containsExactly(items);
	}

	/**
	 * Return all files below a directory, with what is in them and when that was changed.
	 */
	private static Map<Path, String> contents(Path directory) throws IOException {
		Map<Path, String> contents = new HashMap<>();
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				FileTime changed = Files.getLastModifiedTime(file);
				contents.put(file, changed + " " + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
			}
		}
		return contents;
	}

}
