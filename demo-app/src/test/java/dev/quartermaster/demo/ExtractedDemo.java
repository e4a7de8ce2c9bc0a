/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The demo, extracted from its executable jar as the Dockerfile does it, with an archive
 * of its classes: a process of it needs little more than half the time. That the
 * executable jar does the same is shown by {@link CommandLayoutsIT} and
 * {@link DemoApplicationIT}.
 */
final class ExtractedDemo {

	private static final ExtractedDemo INSTANCE = new ExtractedDemo();

	private final Path jar;

	private final Path archive;

	private final Path earlierDatabase;

	private ExtractedDemo() {
		Path directory = DemoJar.path().resolveSibling("extracted-demo");
		this.jar = directory.resolve("app.jar");
		this.archive = directory.resolve("app.jsa");
		this.earlierDatabase = directory.resolve("data/quartermaster.db");
		try {
			FileSystemUtils.deleteRecursively(directory);
			Files.createDirectories(this.earlierDatabase.getParent());
			extract(directory);
			run(directory, "-XX:ArchiveClassesAtExit=" + this.archive, "-Xlog:disable",
					"-Dspring.context.exit=onRefresh", "-jar", this.jar.toString(), "--spring.flyway.target=2",
					"--spring.datasource.url=jdbc:sqlite:" + this.earlierDatabase);
			try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.earlierDatabase);
					Statement statement = connection.createStatement()) {
				statement.executeUpdate("INSERT INTO item (name, location_id) VALUES ('anvil', 1), ('bellows', 1)");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Take the jar apart and put its layers together again, as the Dockerfile does.
	 */
	private static void extract(Path directory) throws Exception {
		Dockerfile dockerfile = Dockerfile.read();
		Path builder = Files.createDirectory(directory.resolve("builder"));
		Files.copy(DemoJar.path(), builder.resolve("app.jar"));
		run(builder, dockerfile.extraction());
		for (String layer : dockerfile.layers()) {
			FileSystemUtils.copyRecursively(builder.resolve(layer), directory);
		}
		FileSystemUtils.deleteRecursively(builder);
	}

	private static void run(Path directory, String... arguments) throws Exception {
		CommandRun run = CommandRun.of(directory, Map.of(), "", DemoJar.java(arguments));
		assertThat(run.exit()).as(run.all()).isZero();
	}

	static Path jar() {
		return INSTANCE.jar;
	}

	/**
	 * Return the database as the demo left it when it had two migrations, with two items.
	 * Only its copies are to be written to.
	 */
	static Path earlierDatabase() {
		return INSTANCE.earlierDatabase;
	}

	/**
	 * Return a command that runs it.
	 * @param options further options of the virtual machine
	 */
	static List<String> java(String... options) {
		List<String> command = javaWithArchive();
		command.addAll(List.of(options));
		command.addAll(List.of("-jar", INSTANCE.jar.toString()));
		return command;
	}

	/**
	 * Return a command that runs Java with the archive, for a class path that begins with
	 * the jar.
	 */
	static List<String> javaWithArchive() {
		return DemoJar.java("-XX:SharedArchiveFile=" + INSTANCE.archive, "-Xlog:disable");
	}

}
