/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import com.jayway.jsonpath.JsonPath;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The demo, processed ahead of time with everything switched off, which runs with one
 * switch or the other.
 */
@Execution(ExecutionMode.CONCURRENT)
class AheadOfTimeIT {

	private static final String MAIN = "dev.quartermaster.demo.DemoApplication";

	@TempDir
	private static Path temp;

	private static Path classes;

	/**
	 * Do what the goal {@code process-aot} of Boot's Maven plugin does.
	 */
	@BeforeAll
	static void process() throws Exception {
		Path sources = temp.resolve("sources");
		classes = Files.createDirectory(temp.resolve("classes"));
		run(temp, List.of(), ExtractedDemo.jar().toString(), SpringApplicationAotProcessor.class.getName(), MAIN,
				sources.toString(), temp.resolve("resources").toString(), classes.toString(), "dev.quartermaster",
				"demo", "--quartermaster.backup.enabled=false", "--quartermaster.backup.migration.enabled=false",
				"--quartermaster.backup.check-environment=false");
		List<String> command = new ArrayList<>(
				List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", ExtractedDemo.jar() + ":" + classes));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(command::add);
		}
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new))).isZero();
	}

	@Test
	void switchesAreAskedWhenTheApplicationRuns() throws Exception {
		Path off = home("off");
		Path migrationOff = home("migration-off");
		Path scheduled = home("scheduled");
		AtomicInteger heartbeats = new AtomicInteger();
		HttpServer monitor = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		monitor.createContext("/", (exchange) -> {
			heartbeats.incrementAndGet();
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		monitor.start();
		String output;
		try {
			output = start(List.of(), SeveralStarts.class.getName(),
					lines(arguments(off, "--quartermaster.backup.enabled=false")),
					lines(arguments(migrationOff, "--quartermaster.backup.migration.enabled=false")),
					lines(arguments(scheduled, "--quartermaster.backup.schedule=* * * * * *",
							"--quartermaster.backup.drill.schedule=* * * * * *",
							"--quartermaster.backup.heartbeat.url=http://127.0.0.1:"
									+ monitor.getAddress().getPort())));
		}
		finally {
			monitor.stop(0);
		}
		assertThat(output.lines().filter((line) -> line.contains("Starting AOT-processed DemoApplication"))).hasSize(3);
		List<String> answers = output.lines().filter((line) -> line.startsWith(SeveralStarts.ANSWERED)).toList();
		assertThat(answers).extracting((answer) -> answer.substring(SeveralStarts.ANSWERED.length()).substring(0, 3))
			.containsExactly("404", "201", "201");
		assertThat(answers.get(0)).contains("switched off with quartermaster.backup.enabled=false");
		assertThat(off.resolve("backups")).doesNotExist();
		assertThat(reasons(migrationOff)).containsExactly("by-hand");
		assertThat(reasons(scheduled)).contains("flyway", "by-hand");
		assertThat(output).contains("Restore drill of " + scheduled.resolve("quartermaster.db"));
		assertThat(heartbeats).hasPositiveValue();
		for (Path home : List.of(off, migrationOff, scheduled)) {
			assertThat(version(home)).as("migrated").isEqualTo("4");
		}
	}

	@Test
	void trainingRunMigratesAndSoHasSnapshotAndComesToItsEnd() throws Exception {
		Path home = home("training");
		String output = start(List.of("-Dspring.context.exit=onRefresh"), MAIN, arguments(home));
		assertThat(output).contains("Starting AOT-processed DemoApplication").doesNotContain("Tomcat started on port");
		assertThat(version(home)).isEqualTo("4");
		assertThat(reasons(home)).containsExactly("flyway");
		try (Stream<Path> files = Files.list(home.resolve("backups"))) {
			assertThat(files.map((file) -> file.getFileName().toString()))
				.as("no note of a change that did not come to its end")
				.noneMatch((name) -> name.contains("unfinished"));
		}
		assertThat(output).contains("Guarded against changes of the schema: ");
	}

	private static Path home(String name) throws Exception {
		Path home = Files.createDirectory(temp.resolve(name)).toRealPath();
		Files.copy(ExtractedDemo.earlierDatabase(), home.resolve("quartermaster.db"));
		return home;
	}

	private static String[] arguments(Path home, String... more) {
		return Stream
			.concat(Stream.of("--server.port=0",
					"--spring.datasource.url=jdbc:sqlite:" + home.resolve("quartermaster.db")), Stream.of(more))
			.toArray(String[]::new);
	}

	private static String lines(String... arguments) {
		return String.join("\n", arguments);
	}

	private static String start(List<String> options, String main, String... arguments) throws Exception {
		List<String> all = new ArrayList<>(options);
		all.add("-Dspring.aot.enabled=true");
		Path tests = Path.of(SeveralStarts.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		return run(temp, all, ExtractedDemo.jar() + ":" + classes + ":" + tests, main, arguments);
	}

	private static String run(Path directory, List<String> options, String classPath, String main, String... arguments)
			throws Exception {
		List<String> command = new ArrayList<>(ExtractedDemo.javaWithArchive());
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main));
		command.addAll(List.of(arguments));
		CommandRun run = CommandRun.of(directory, Map.of(), "", command);
		assertThat(run.exit()).as(run.all()).isZero();
		return run.out();
	}

	private static List<String> reasons(Path home) {
		return BackupDirectory.files(home.resolve("backups"))
			.stream()
			.map((file) -> file.getFileName().toString().replaceFirst("quartermaster-\\d+-\\d+-(.*)\\.db", "$1"))
			.toList();
	}

	private static String version(Path home) throws Exception {
		return String.join("", SqliteShell.query(home.resolve("quartermaster.db"),
				"SELECT version FROM flyway_schema_history WHERE success ORDER BY installed_rank DESC LIMIT 1"));
	}

}
