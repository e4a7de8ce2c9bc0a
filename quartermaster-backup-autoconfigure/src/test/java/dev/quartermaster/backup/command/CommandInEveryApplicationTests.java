/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the command in processes of applications that are started from a class path,
 * each by a {@code main} of another kind.
 */
@Tag("process")
class CommandInEveryApplicationTests {

	@TempDir
	private Path directory;

	private Path home;

	@BeforeEach
	void makeDatabase() throws Exception {
		this.home = this.directory.toRealPath();
		properties("application", "spring.datasource.url=jdbc:sqlite:qa.db");
		properties("application-prod", "spring.datasource.url=jdbc:p6spy:sqlite:prod.db");
		properties("shop", "spring.datasource.url=jdbc:sqlite:shop.db");
		for (String name : List.of("prod.db", "shop.db")) {
			TestDatabase.create(this.home.resolve(name), 2);
		}
		// The driver fails to remove it, as when another process is quicker, and logs
		// that.
		Files.createDirectories(this.home.resolve("tmp/sqlite-" + SQLiteJDBCLoader.getVersion() + "-of/another"));
	}

	@Test
	void profileOfBuilderCounts() throws Exception {
		Run run = typed(CommandApplications.OfBuilderProfile.class, "create", "x", "--quartermaster.backup.dir=kept");
		assertThat(run.exit()).as(run.all()).isZero();
		assertThat(run.out()).startsWith("Backed up " + this.home.resolve("prod.db"));
		assertThat(run.err()).isEmpty();
		assertThat(snapshots()).singleElement().asString().matches("prod-.*-x\\.db");
		assertNothingCameFurther();
	}

	@Test
	void whatMainSetsCountsAndWhatItDropsIsReadAndNothingOfItIsPrinted() throws Exception {
		Run run = typed(CommandApplications.OfConfigName.class, "create", "--json", "it's all right");
		assertThat(run.exit()).as(run.all()).isZero();
		assertThat(run.out().lines().skip(1)).as(run.all()).singleElement().asString().startsWith("{\"database\":");
		assertThat(snapshots()).singleElement().asString().matches("shop-.*-it-s-all-right\\.db");
		assertNothingCameFurther();
	}

	@Test
	void applicationThatSwallowsExceptionsComesNoFurtherAndWarningsAreSentences() throws Exception {
		Files.createDirectory(this.home.resolve("backups"));
		TestDatabase.create(this.home.resolve("backups/qa-20260101-000000-x.db"), 1);
		Run run = typed(CommandApplications.SwallowingExceptions.class, "create");
		assertThat(run.exit()).as(run.all()).isZero();
		assertThat(run.err()).startsWith("Nothing to back up: there is no data in " + this.home.resolve("qa.db"))
			.contains("restore the newest");
		assertThat(run.err().lines()).hasSize(2)
			.last()
			.asString()
			.as("which finds SQLite where the tests have unpacked it")
			.matches("    java -Dorg\\.sqlite\\.tmpdir=%s/tmp -Dorg\\.sqlite\\.lib\\.path=\\S+ -cp \\S+ %s".formatted(
					Pattern.quote(this.home.toString()),
					Pattern.quote("%s restore %s --url jdbc:sqlite:%s --dir %s --yes".formatted(
							BackupCommand.class.getName(), this.home.resolve("backups/qa-20260101-000000-x.db"),
							this.home.resolve("qa.db"), this.home.resolve("backups")))));
		assertThat(run.out()).contains("configured by spring.datasource.url in ", "application.properties] - 1:23",
				"--url");
		assertNothingCameFurther();
	}

	@Test
	void applicationThatCannotPrepareItsEnvironmentIsToldSo() throws Exception {
		properties("application", "spring.config.import=nowhere.properties");
		Run run = typed(CommandApplications.SwallowingExceptions.class, "list");
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).startsWith("The configuration of the application cannot be read")
			.contains("nowhere.properties");
		assertThat(run.err().lines()).hasSize(1);
		assertNothingCameFurther();
	}

	@Test
	void databaseOfApplicationThatRunsAnotherOneFirstMustBeGiven() throws Exception {
		Run run = typed(CommandApplications.WithParent.class, "create");
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).startsWith("It is unknown which database the application uses: its context has a parent")
			.contains("--url");
		Run given = typed(CommandApplications.RunningAnotherBefore.class, "create", "--url", "jdbc:sqlite:shop.db");
		assertThat(given.exit()).as(given.all()).isZero();
		assertThat(given.out()).startsWith("Backed up " + this.home.resolve("shop.db"));
		assertNothingCameFurther();
	}

	@Test
	void restoreIntoDatabaseThatDoesNotExistNeedsItsOwnSnapshot() throws Exception {
		Path other = this.home.resolve("prod.db");
		Run unasked = typed(CommandApplications.SwallowingExceptions.class, "restore", "prod.db");
		assertThat(unasked.exit()).as(unasked.all()).isEqualTo(2);
		assertThat(unasked.err()).contains("there is no data in " + this.home.resolve("qa.db"), "--yes");
		Run refused = typed(CommandApplications.SwallowingExceptions.class, "restore", "prod.db", "--yes");
		assertThat(refused.exit()).as(refused.all()).isOne();
		assertThat(refused.err()).startsWith("Not restored: there is no data in " + this.home.resolve("qa.db"))
			.contains("spring.datasource.url in ", other + " is not one of its snapshots", "--url", "--force");
		assertThat(this.home.resolve("qa.db")).doesNotExist();
		assertNothingCameFurther();
	}

	@Test
	void databaseOfApplicationThatRunsNoSpringMustBeGiven() throws Exception {
		Run run = launched(CommandApplications.EndingTheProcess.class, "create", "--json");
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).startsWith("It is unknown which database the application uses: "
				+ CommandApplications.EndingTheProcess.class.getName() + " ends the process");
		assertThat(run.out()).isEmpty();
		Run given = launched(CommandApplications.WithoutSpring.class, "create", "--url", "jdbc:sqlite:shop.db",
				"--json");
		assertThat(given.exit()).as(given.all()).isZero();
		assertThat(given.out().lines()).as(given.out()).singleElement().asString().startsWith("{\"database\":");
	}

	private void properties(String name, String content) throws IOException {
		Files.writeString(this.home.resolve(name + ".properties"), content);
	}

	private void assertNothingCameFurther() {
		assertThat(this.home.resolve(CommandApplications.TRACE)).doesNotExist();
	}

	private List<String> snapshots() {
		return BackupDirectory.files(this.home.resolve("kept"))
			.stream()
			.map((file) -> file.getFileName().toString())
			.toList();
	}

	/**
	 * Run the {@code main} of the application, as with
	 * {@code java -Djarmode=dbbackup -cp}.
	 */
	private Run typed(Class<?> main, String... words) throws Exception {
		return run(List.of("-Djarmode=dbbackup"), main, words);
	}

	/**
	 * Run the {@code main} of the command.
	 */
	private Run launched(Class<?> main, String... words) throws Exception {
		return run(List.of("-Dloader.main=" + main.getName()), BackupCommand.class, words);
	}

	private Run run(List<String> options, Class<?> main, String... words) throws Exception {
		Path err = this.home.resolve("err");
		List<String> all = new ArrayList<>(options);
		all.add("-Dorg.sqlite.tmpdir=" + this.home.resolve("tmp"));
		Process process = JavaProcess.startIn(this.home, err, Map.of("QUARTERMASTER_DB_URL", ""), all, main, words);
		String out = new String(process.getInputStream().readAllBytes());
		return new Run(process.waitFor(), out, Files.readString(err));
	}

	private record Run(int exit, String out, String err) {

		String all() {
			return this.out + this.err;
		}

	}

}
