/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotToCopy;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.ObjectStore;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.WritableResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the command tells of copies elsewhere, and how it looks at them.
 */
class CopiesCommandTests {

	@TempDir
	private Path temp;

	private Path database;

	private Path place;

	private Snapshot copied;

	private Snapshot other;

	@BeforeEach
	void copy() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.place = this.temp.resolve("nas");
		SqliteBackupService service = BackupServices.service(this.database);
		this.copied = BackupServices.backup(service, "copied").snapshot();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('another')");
		this.other = BackupServices.backup(service, "other").snapshot();
		SnapshotToCopy toCopy = SnapshotToCopy.of(this.copied).orElseThrow();
		CopyDirectory directory = new CopyDirectory(this.place);
		directory.open(false, List.of());
		directory.copy(toCopy, null, false);
		new CopyLedger(service)
			.add(CopyEntry.copied("file:" + this.place + "/", toCopy, this.copied.name().toString()));
	}

	@Test
	@Tag("process")
	void copiesAreListedAndReadBackWhenToldTo() throws Exception {
		List<String> answers = answers("list", "list --json", "verify all --copies",
				"drill " + this.copied.name() + " --copies", "drill --copies");
		assertThat(answers.get(0).lines().filter((line) -> !line.isBlank()).map((line) -> line.replaceAll(" +", " ")))
			.satisfiesExactly((line) -> assertThat(line).startsWith("NAME TAKEN SIZE COPIES REASON"),
					(line) -> assertThat(line).startsWith(this.other.name().toString()).doesNotContain("file:"),
					(line) -> assertThat(line).startsWith(this.copied.name().toString()).contains(location()),
					(line) -> assertThat(line).isEqualTo("0"));
		String json = answers.get(1).substring(0, answers.get(1).lastIndexOf('0'));
		assertThat(JsonPath.<List<String>>read(json, "$.snapshots[1].copies")).containsExactly(location());
		assertThat(JsonPath.<List<Object>>read(json, "$.snapshots[?(@.copies)]")).hasSize(1);
		assertThat(answers.get(2)).containsPattern("  \\Q" + location() + "\\E +whole")
			.contains("no copy elsewhere")
			.endsWith("\n0");
		assertThat(answers.get(3)).endsWith("\n0");
		assertThat(answers.get(4)).as("the newest has none, so that the one before it is read").endsWith("\n0");
	}

	@Test
	@Tag("process")
	void damagedCopyIsFoundByWhoReadsItBackOnly() throws Exception {
		TestDatabase.overwrite(this.place.resolve(this.copied.name().toString()), 5000, (byte) 42);
		new CopyLedger(BackupServices.service(this.database)).add(CopyEntry.copied("s3://bucket/app/",
				SnapshotToCopy.of(this.other).orElseThrow(), this.other.name().toString()));
		List<String> answers = answers("verify all", "verify " + this.copied.name() + " --copies",
				"drill " + this.copied.name() + " --copies", "drill " + this.copied.name(), "verify latest --copies");
		assertThat(answers.get(0)).endsWith("\n0");
		assertThat(answers.get(1)).contains("it is not what was copied, by its SHA-256").endsWith("\n1");
		assertThat(answers.get(2)).contains(location(), "by its SHA-256").endsWith("\n1");
		assertThat(answers.get(3)).endsWith("\n0");
		assertThat(answers.get(4)).contains("s3://bucket/app/" + this.other.name(), "spring-cloud-aws-starter-s3")
			.endsWith("\n1");
	}

	@Test
	void noCopyAtAllIsNotSound() {
		assertThat(Commands.run(this.database, "verify " + this.copied.name() + " --copies")).isZero();
		assertThat(Commands.run(this.database, "verify latest --copies")).isEqualTo(1);
		assertThat(Commands.run(this.database, "verify all --copies")).isZero();
	}

	@Test
	@Tag("process")
	void placeThatHasYetToGetSnapshotIsNamedAndNoFailure() throws Exception {
		String s3 = "s3://bucket/app/";
		new CopyLedger(BackupServices.service(this.database)).begin(s3, List.of(this.other), Instant.EPOCH);
		Files.writeString(this.temp.resolve("application.properties"),
				"quartermaster.backup.copies=" + this.place + "," + s3 + ",file:" + this.temp.resolve("new") + "\n");
		List<String> answers = answers("verify all --copies --json", "verify latest --copies",
				"verify " + this.copied.name() + " --copies", "verify all --copies");
		String json = answers.get(0).substring(0, answers.get(0).lastIndexOf('0'));
		assertThat(JsonPath.<List<String>>read(json, "$.snapshots[0].pending"))
			.containsExactly("file:" + this.place + "/", s3, "file:" + this.temp.resolve("new") + "/");
		assertThat(JsonPath.<List<Object>>read(json, "$.snapshots[0].copies")).isEmpty();
		assertThat(JsonPath.<List<Object>>read(json, "$.snapshots[1].pending")).isEmpty();
		assertThat(answers.get(1)).containsPattern("\n  \\Q" + s3 + "\\E +no copy there yet")
			.containsPattern("\n  \\Qfile:" + this.temp.resolve("new") + "/\\E +no copy there yet")
			.containsPattern("\n  \\Qfile:" + this.place + "/\\E +no copy there yet")
			.as("there is none at all")
			.endsWith("\n1");
		assertThat(answers.get(2)).contains("whole").doesNotContain("no copy").endsWith("\n0");
		assertThat(answers.get(3)).contains("whole", "no copy there yet").endsWith("\n0");
	}

	@Test
	void placesAreConfiguredInEachOfTheirForms() {
		assertThat(locations("quartermaster.backup.copies=/a/,s3://b/c/")).containsExactly("/a/", "s3://b/c/");
		assertThat(locations("quartermaster.backup.copies[0].location=/a/",
				"quartermaster.backup.copies[0].retention=true", "quartermaster.backup.copies[1].location=s3://b/c/"))
			.containsExactly("/a/", "s3://b/c/");
		assertThat(locations()).isEmpty();
	}

	private static List<String> locations(String... properties) {
		StandardEnvironment environment = new StandardEnvironment();
		TestPropertyValues.of(properties).applyTo(environment);
		return ConfiguredPlace
			.split(ApplicationProperties.of(environment, null).values().getOrDefault(ApplicationProperties.COPIES, ""));
	}

	@Test
	void copyIsRestoredByItsPath() {
		assertThat(
				Commands.run(this.database, "restore " + this.place.resolve(this.copied.name().toString()) + " --yes"))
			.isZero();
		assertThat(TestDatabase.items(this.database)).hasSize(10);
	}

	@Test
	void objectsAreReachedWithTheConfigurationOfTheApplication() {
		Map<String, String> properties = new HashMap<>();
		ObjectStore.properties(1).forEach((name, value) -> properties.put(name, value.toString()));
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try (CopiedResources resources = new CopiedResources(properties, ObjectStore.clientClasses())) {
			assertThat(resources.apply("s3://bucket/app/" + this.copied.name())).isInstanceOf(WritableResource.class);
		}
		assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
	}

	private String location() {
		return "file:" + this.place + "/" + this.copied.name();
	}

	/**
	 * Return what the command prints for each line, and its exit code at the end.
	 */
	private List<String> answers(String... lines) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(this.database.toString()));
		arguments.addAll(List.of(lines));
		Process process = JavaProcess.start(Commands.class, arguments.toArray(String[]::new));
		String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		return Stream.of(printed.split(Commands.END)).map(String::strip).toList();
	}

	/**
	 * Runs lines of the command for a database.
	 */
	static final class Commands {

		static final String END = "=== end";

		public static void main(String[] arguments) {
			Path database = Path.of(arguments[0]);
			for (int i = 1; i < arguments.length; i++) {
				int exit = run(database, arguments[i]);
				System.out.println();
				System.out.println(exit + END);
			}
			System.exit(0);
		}

		static int run(Path database, String line) {
			List<String> words = new ArrayList<>(List.of(line.split(" ")));
			words.addAll(List.of("--url", TestDatabase.url(database)));
			return CommandExecution.run(TypedLine.of(words.toArray(String[]::new)), () -> ConfigurationFiles
				.read(List.of("--spring.config.location=" + database.resolveSibling("").toUri())));
		}

	}

}
