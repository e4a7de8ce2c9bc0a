/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PruneCommand}, and for what other subcommands remove.
 */
@ExtendWith(OutputCaptureExtension.class)
class PruneCommandTests {

	private static final String LIMIT = "--quartermaster.backup.retention.maxCount=4";

	@TempDir
	private Path temp;

	private Path database = Path.of("");

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3);
	}

	@Test
	void saysOfEachSnapshotWhyItStaysOrGoes() {
		take(6);
		String text = run(List.of("prune", "--dry-run"), List.of(LIMIT));
		assertThat(text.lines()).hasSize(7);
		assertThat(text.lines().findFirst().orElseThrow()).matches("NAME +SIZE +DECISION +WHY");
		assertThat(text).containsPattern("app-.*\\.db +\\S+ KB +stays +within the limits")
			.containsPattern("app-.*\\.db +\\S+ KB +goes +there are 4 newer ones \\(max-count\\)");
		assertThat(snapshots()).hasSize(6);
	}

	@Test
	void removesWhatMayGoAndTellsScripts() {
		// In one second, if need be.
		take(6);
		List<Path> before = snapshots();
		before.sort(Comparator.comparing(PruneCommandTests::secondOf)
			.thenComparing((file) -> file.toString().length())
			.thenComparing(Path::toString));
		Map<String, Object> told = JsonParserFactory.getJsonParser()
			.parseMap(run(List.of("prune", "--json"), List.of(LIMIT)));
		assertThat(snapshots()).containsExactlyInAnyOrderElementsOf(before.subList(2, 6));
		assertThat(told).containsOnlyKeys("snapshots", "removed", "stuck");
		assertThat(told.get("removed"))
			.isEqualTo(before.subList(0, 2).stream().map((file) -> file.getFileName().toString()).toList());
		assertThat(told.get("stuck")).isEqualTo(List.of());
		List<?> snapshots = (List<?>) Objects.requireNonNull(told.get("snapshots"));
		assertThat(snapshots).hasSize(6);
		assertThat(snapshots.get(5)).isEqualTo(Map.of("name", before.get(0).getFileName().toString(), "size",
				(int) before.get(3).toFile().length(), "stays", false, "why", "there are 4 newer ones (max-count)"));
	}

	@Test
	void removesNothingWithoutPolicyAndSaysSo(CapturedOutput output) {
		take(5);
		assertThat(run(List.of("prune"), List.of())).contains("within the limits").doesNotContain("goes");
		assertThat(output.getErr()).contains("There is no retention policy");
		assertThat(snapshots()).hasSize(5);
	}

	@Test
	void anotherSubcommandRemovesSnapshotsOfTheDatabaseOfTheApplicationAlone() {
		for (int i = 0; i < 6; i++) {
			write();
			run(List.of("create", "--url", TestDatabase.url(this.database)), List.of(LIMIT));
		}
		assertThat(snapshots()).as("when it is named outright").hasSize(6);
		write();
		run(List.of("create"), List.of(LIMIT));
		assertThat(snapshots()).hasSize(4);
	}

	@Test
	void databaseThatIsNamedOutrightIsPrunedOnRequest() {
		take(6);
		run(List.of("prune", "--url", TestDatabase.url(this.database)), List.of(LIMIT));
		assertThat(snapshots()).hasSize(4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-count=0", "max-count=many", "max-age=0d", "max-age=-1d", "max-total-size=0",
			"min-keep=0", "thin=perhaps", "by-reason.pre-restore.max-count=3", "by-reason.Flyway.max-count=3",
			"max-age=${missing}" })
	void policyThatMeansNothingIsFailureInOneSentence(String property, CapturedOutput output) {
		List<String> properties = new ArrayList<>(properties());
		properties.add("--quartermaster.backup.retention." + property);
		List<String> words = new ArrayList<>(properties);
		words.add(0, "list");
		assertThat(CommandExecution.run(TypedLine.of(words.toArray(String[]::new)),
				() -> ConfigurationFiles.read(properties)))
			.isEqualTo(CommandLine.ExitCode.SOFTWARE);
		assertThat(output.getErr().lines()).singleElement().asString().contains("quartermaster.backup.");
	}

	private void take(int number) {
		for (int i = 0; i < number; i++) {
			write();
			run(List.of("create", "x"), List.of());
		}
	}

	private void write() {
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
	}

	/**
	 * Run a subcommand that must not fail.
	 * @return what it printed
	 */
	private String run(List<String> line, List<String> further) {
		List<String> properties = new ArrayList<>(properties());
		properties.addAll(further);
		ApplicationProperties read = ConfigurationFiles.read(properties);
		StringWriter printed = new StringWriter();
		CommandLine command = new CommandLine(new RootCommand(new ApplicationConfiguration(properties, () -> read)));
		command.addSubcommand("create", CreateCommand.class).addSubcommand("prune", PruneCommand.class);
		command.setOut(new PrintWriter(printed));
		command.setExecutionExceptionHandler((ex, subcommand, result) -> {
			throw ex;
		});
		assertThat(command.execute(line.toArray(String[]::new))).isZero();
		return printed.toString();
	}

	private List<String> properties() {
		return List.of("--spring.config.location=" + this.temp.toUri(),
				"--spring.datasource.url=" + TestDatabase.url(this.database));
	}

	private static String secondOf(Path snapshot) {
		return String.valueOf(snapshot.getFileName()).substring(0, "app-20260417-115719".length());
	}

	private List<Path> snapshots() {
		return new ArrayList<>(BackupDirectory.published(this.temp.resolve("backups")));
	}

}
