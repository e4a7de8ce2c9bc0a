/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.example.inventory.RunningInventory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that its developer changes while Spring Boot's DevTools start it again
 * after each change: in the same process, where everything static goes on living.
 */
class DevToolsTests {

	private static final List<String> FILES = List.of("flyway-", "spring-boot-flyway-", "jackson-",
			"spring-boot-devtools-");

	@TempDir
	private Path directory;

	private Path migrations;

	private Inventory inventory;

	private ApplicationProcess application;

	private int starts;

	@BeforeEach
	void start() throws Exception {
		Path classes = this.directory.resolve("classes");
		FileSystemUtils.copyRecursively(Path.of(System.getProperty("starter.test-classes")), classes);
		this.migrations = classes.resolve("flyway");
		this.inventory = new Inventory(this.directory);
		List<String> classPath = new ArrayList<>(ApplicationProcess.classPath(FILES));
		classPath.set(0, classes.toString());
		this.application = ApplicationProcess.start(this.directory, classPath, List.of(), RunningInventory.class,
				"--spring.datasource.url=jdbc:sqlite:app.db", "--spring.flyway.locations=flyway",
				"--spring.main.keep-alive=true", "--spring.devtools.restart.poll-interval=200ms",
				"--spring.devtools.restart.quiet-period=100ms", "--logging.pattern.console=%p %logger %msg%n");
		awaitStart();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.application.process().destroyForcibly().waitFor();
	}

	@Test
	void eachRestartThatMigratesHasSnapshotAndNoOtherHas() throws Exception {
		assertThat(this.inventory.snapshots()).as("there was no database yet").isEmpty();
		this.inventory.execute("INSERT INTO item (name) VALUES ('kettle')");
		migration("V3__colours.sql", "ALTER TABLE item ADD COLUMN colour VARCHAR(255);");
		awaitStart();
		assertThat(reasons()).containsExactly("flyway");
		this.inventory.execute("INSERT INTO item (name) VALUES ('pan')");
		Files.writeString(this.migrations.resolveSibling("application.properties"), "# Changed.");
		awaitStart();
		assertThat(reasons()).as("nothing was to be migrated").containsExactly("flyway");
	}

	@Test
	void migrationThatFailsIsToldWithTheWayBackAndTheNextStartIsGuardedAsWell() throws Exception {
		this.inventory.execute("INSERT INTO item (name) VALUES ('kettle')");
		migration("V4__sizes.sql", "ALTER TABLE items ADD COLUMN size INTEGER;");
		migration("V3__colours.sql", "ALTER TABLE item ADD COLUMN colour VARCHAR(255);");
		await("To restore " + this.inventory.directory().resolve("app.db") + " to its state before the change", 1);
		assertThat(reasons()).containsExactly("flyway");
		migration("V4__sizes.sql", "ALTER TABLE item ADD COLUMN size INTEGER;");
		awaitStart();
		assertThat(reasons()).containsExactly("flyway", "flyway");
		assertThat(this.inventory.items()).containsExactly("kettle");
	}

	private void migration(String name, String sql) throws IOException {
		Files.writeString(this.migrations.resolve(name), sql);
	}

	private List<String> reasons() {
		return this.inventory.snapshots()
			.stream()
			.map((snapshot) -> snapshot.getFileName().toString().replaceAll("app-\\d+-\\d+-|(-\\d+)?\\.db", ""))
			.toList();
	}

	private void awaitStart() throws Exception {
		await("Started RunningInventory in", ++this.starts);
	}

	private void await(String text, int times) throws Exception {
		long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
		while (output().stream().filter((line) -> line.contains(text)).count() < times) {
			assertThat(this.application.process().isAlive() && System.nanoTime() < deadline)
				.as(() -> String.join("\n", output()))
				.isTrue();
			Thread.sleep(20);
		}
	}

	private List<String> output() {
		try (Stream<String> lines = Files.lines(this.application.log())) {
			return lines.toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
