/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.example.inventory.InventoryApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that was processed ahead of time, with everything switched off, and runs
 * with one switch or the other.
 */
class AheadOfTimeTests {

	@TempDir
	private Path directory;

	@Test
	void switchesAreAskedWhenTheApplicationRuns() throws Exception {
		List<String> classPath = process("--quartermaster.backup.enabled=false",
				"--quartermaster.backup.migration.enabled=false");
		Inventory on = Inventory.create(Files.createDirectory(this.directory.resolve("on")));
		Inventory off = Inventory.create(Files.createDirectory(this.directory.resolve("off")));
		List<ApplicationProcess> processes = List.of(start(on, classPath),
				start(off, classPath, "--quartermaster.backup.enabled=false"));
		for (ApplicationProcess process : processes) {
			assertThat(process.output())
				.anyMatch((line) -> line.contains("Starting AOT-processed InventoryApplication"));
		}
		for (Inventory inventory : List.of(on, off)) {
			assertThat(inventory.items()).as("the script has run").isEmpty();
		}
		assertThat(on.snapshots()).singleElement()
			.satisfies((snapshot) -> assertThat(Inventory.items(snapshot)).containsExactly("kettle"));
		assertThat(off.snapshots()).isEmpty();
	}

	private ApplicationProcess start(Inventory inventory, List<String> classPath, String... more) throws Exception {
		return ApplicationProcess.start(inventory.directory(), classPath, List.of("-Dspring.aot.enabled=true"),
				InventoryApplication.class, arguments(more));
	}

	private static String[] arguments(String... more) {
		return Stream
			.concat(Stream.of(more), Stream.of("--spring.datasource.url=jdbc:sqlite:app.db",
					"--spring.sql.init.mode=always", "--spring.sql.init.schema-locations=classpath:sql/empties.sql"))
			.toArray(String[]::new);
	}

	/**
	 * Do what the goal {@code process-aot} of Boot's Maven plugin does.
	 * @return the class path with the result
	 */
	private List<String> process(String... arguments) throws Exception {
		List<String> classPath = new ArrayList<>(ApplicationProcess.classPath(List.of()));
		Path sources = this.directory.resolve("sources");
		Path resources = this.directory.resolve("resources");
		Path classes = Files.createDirectory(this.directory.resolve("classes"));
		ApplicationProcess
			.start(this.directory, classPath, List.of(), SpringApplicationAotProcessor.class, Stream
				.concat(Stream.of(InventoryApplication.class.getName(), sources.toString(), resources.toString(),
						classes.toString(), "org.example", "inventory"), Stream.of(arguments(arguments)))
				.toArray(String[]::new))
			.output();
		compile(sources, classes, classPath);
		classPath.add(0, resources.toString());
		classPath.add(0, classes.toString());
		return classPath;
	}

	private static void compile(Path sources, Path classes, List<String> classPath) throws Exception {
		List<String> command = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classes
				+ System.getProperty("path.separator") + String.join(System.getProperty("path.separator"), classPath)));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(command::add);
		}
		int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
		assertThat(result).isZero();
	}

}
