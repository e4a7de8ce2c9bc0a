/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteJDBCLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The typed command in every layout that the demo can be started in. It never starts the
 * demo, which would migrate. (What it does in the extracted demo is what
 * {@link BackupCommandIT} shows, and a rehearsal in either {@link RehearseCommandIT}.)
 */
@Execution(ExecutionMode.CONCURRENT)
class CommandLayoutsIT {

	private static final String MAIN = "dev.quartermaster.demo.DemoApplication";

	/**
	 * Java 24 and later warn without it, where no manifest says so.
	 */
	private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

	@TempDir
	private static Path temp;

	/**
	 * Without launcher, as Spring Boot's own Dockerfile has it.
	 */
	private static Path extracted;

	private static Path withLauncher;

	private static Path war;

	@BeforeAll
	static void extract() throws Exception {
		extracted = ExtractedDemo.jar().resolveSibling("");
		withLauncher = temp.resolve("with launcher");
		tools("extract", "--launcher", "--destination", withLauncher.toString());
		war = packAsWar(temp.resolve("app.war"));
	}

	/**
	 * What Maven's packaging {@code war} makes of the same classes and libraries.
	 */
	private static Path packAsWar(Path war) throws IOException {
		try (JarFile jar = new JarFile(DemoJar.path().toFile())) {
			Manifest manifest = new Manifest(jar.getManifest());
			Attributes attributes = manifest.getMainAttributes();
			attributes.keySet().removeIf((name) -> name.toString().endsWith("-Index"));
			attributes.putValue("Main-Class", "org.springframework.boot.loader.launch.WarLauncher");
			attributes.putValue("Spring-Boot-Classes", "WEB-INF/classes/");
			attributes.putValue("Spring-Boot-Lib", "WEB-INF/lib/");
			try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(war), manifest)) {
				for (JarEntry entry : Collections.list(jar.entries())) {
					if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
						JarEntry moved = new JarEntry(entry.getName().replace("BOOT-INF/", "WEB-INF/"));
						moved.setMethod(entry.getMethod());
						if (entry.getMethod() == JarEntry.STORED) {
							moved.setSize(entry.getSize());
							moved.setCrc(entry.getCrc());
						}
						out.putNextEntry(moved);
						jar.getInputStream(entry).transferTo(out);
					}
				}
			}
		}
		return war;
	}

	private static void tools(String... arguments) throws Exception {
		List<String> command = DemoJar.java("-Djarmode=tools", "-jar", DemoJar.path().toString());
		command.addAll(List.of(arguments));
		assertThat(CommandRun.of(temp, Map.of(), "", command).exit()).isZero();
	}

	enum Layout {

		EXECUTABLE_JAR {

			@Override
			List<String> start() {
				return List.of("-jar", DemoJar.path().toString());
			}

		},

		EXECUTABLE_WAR {

			@Override
			List<String> start() {
				return List.of(NATIVE_ACCESS, "-jar", war.toString());
			}

		},

		EXTRACTED_WITH_LAUNCHER {

			@Override
			List<String> start() {
				return List.of(NATIVE_ACCESS, "-cp", withLauncher.toString(),
						"org.springframework.boot.loader.launch.JarLauncher");
			}

		},

		CLASS_PATH {

			@Override
			List<String> start() {
				return List.of(NATIVE_ACCESS, "-cp", extracted.resolve("lib") + "/*:" + extracted.resolve("app.jar"),
						MAIN);
			}

		},

		/**
		 * As development environments start it.
		 */
		EXPLODED_CLASSES {

			@Override
			List<String> start() {
				return List.of(NATIVE_ACCESS, "-cp",
						withLauncher.resolve("BOOT-INF/classes") + ":" + extracted.resolve("lib") + "/*", MAIN);
			}

		};

		abstract List<String> start();

	}

	@ParameterizedTest
	@EnumSource
	void typedLineIsTheCommandAndMigratesNothing(Layout layout, @TempDir Path directory) throws Exception {
		Path home = directory.toRealPath();
		Path database = database(home);
		byte[] before = Files.readAllBytes(database);
		String created = run(layout, home, "create", "it's me", "--json").done().out();
		assertThat(JsonPath.<String>read(created, "$.database")).isEqualTo(database.toString());
		String snapshot = JsonPath.read(created, "$.snapshot.name");
		assertThat(snapshot).endsWith("-it-s-me.db");
		assertThat(database).hasBinaryContent(before);
		assertThat(BackupDirectory.files(home.resolve("backups"))).containsExactly(home.resolve("backups/" + snapshot));
	}

	/**
	 * With libraries in the jar, and with those on the class path.
	 */
	@ParameterizedTest
	@EnumSource(names = { "EXECUTABLE_JAR", "CLASS_PATH" })
	void snapshotIsRestoredAndFailureIsOneLine(Layout layout, @TempDir Path directory) throws Exception {
		Path home = directory.toRealPath();
		Path database = database(home);
		Path snapshot = Files.copy(database,
				Files.createDirectory(home.resolve("backups")).resolve("quartermaster-20260101-000000-x.db"));
		SqliteShell.query(database, "DELETE FROM item");
		CommandRun restored = run(layout, home, "restore", "latest", "--yes").doneWithNote();
		assertThat(restored.out()).startsWith("Restored " + database + " from " + snapshot);
		assertThat(restored.err().lines()).as(restored.err())
			.singleElement()
			.asString()
			.contains("It is unknown whether the application has");
		assertThat(SqliteShell.query(database, "SELECT name FROM item")).containsExactly("anvil");
		run(layout, home, "verify", "no-such").failed("There is no snapshot no-such of " + database);
		assertThat(SqliteShell.query(database, "SELECT name FROM sqlite_schema")).containsExactly("item");
		assertThat(BackupDirectory.files(home.resolve("backups"))).hasSize(2)
			.allMatch((file) -> file.equals(snapshot) || file.toString().endsWith("-pre-restore.db"));
	}

	private static Path database(Path home) throws Exception {
		Path database = home.resolve("quartermaster.db");
		SqliteShell.query(database,
				"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO item (name) VALUES ('anvil')");
		return database;
	}

	private CommandRun run(Layout layout, Path home, String... words) throws Exception {
		// The driver fails to remove it, as when another process is quicker, and logs
		// that.
		Path temporary = home.resolve("tmp");
		Files.createDirectories(temporary.resolve("sqlite-" + SQLiteJDBCLoader.getVersion() + "-of/another"));
		List<String> command = new ArrayList<>(DemoJar.java("-Djarmode=dbbackup", "-Dorg.sqlite.tmpdir=" + temporary));
		command.addAll(layout.start());
		command.addAll(List.of(words));
		return CommandRun.of(home, Map.of(), "", command);
	}

}
