/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.RestoreCommandLine.Started;
import dev.quartermaster.backup.command.BackupCommand;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RestoreCommandLine}, whose lines are read and run by a real shell.
 */
@DisabledOnOs(OS.WINDOWS)
class RestoreCommandLineTests {

	private static final String MAIN = "com.example.Application --server.port=0";

	private static final String LONG_CLASS_PATH = "library.jar:".repeat(100);

	private static final Started APPLICATION = started("/opt/app.jar", "/opt/app.jar");

	private static final Started UNKNOWN = started("", "");

	private static final String TEMPORARY = "java.io.tmpdir";

	private final String temporary = System.getProperty(TEMPORARY);

	@TempDir
	private Path directory;

	@BeforeEach
	void letTemporaryFilesBeWhereTheyAreByDefault() {
		System.setProperty(TEMPORARY, "/tmp");
	}

	@AfterEach
	void letTemporaryFilesBeWhereTheyWere() {
		System.setProperty(TEMPORARY, this.temporary);
	}

	@Test
	void executableJarRestores() {
		assertThat(line(Path.of("/data/backups/app-1.db"), Path.of("/data/app.db"), "",
				started("/opt/app.jar", "/opt/app.jar --server.port=0")))
			.isEqualTo("java -Djarmode=dbbackup -jar /opt/app.jar restore /data/backups/app-1.db"
					+ " --url jdbc:sqlite:/data/app.db --dir /data/backups");
	}

	@Test
	void programWithoutLibrariesOfTheCommandCannotRunIt() throws IOException {
		URL ours = RestoreCommandLine.class.getProtectionDomain().getCodeSource().getLocation();
		try (URLClassLoader oursAlone = new URLClassLoader(new URL[] { ours }, null)) {
			assertThat(CommandClassPath.isThere(oursAlone)).isFalse();
		}
		assertThat(CommandClassPath.isThere(RestoreCommandLine.class.getClassLoader())).isTrue();
	}

	@Test
	void launcherOfUnpackedJarRestores() {
		assertThat(line(Path.of("/data/backups/app-1.db"), Path.of("/data/app.db"), "",
				started("/opt/app", "org.springframework.boot.loader.launch.JarLauncher --server.port=0")))
			.isEqualTo("java -Djarmode=dbbackup -cp /opt/app org.springframework.boot.loader.launch.JarLauncher"
					+ " restore /data/backups/app-1.db --url jdbc:sqlite:/data/app.db --dir /data/backups");
	}

	@Test
	void databaseIsLockedLikeTheApplicationDoesIt() {
		Path snapshot = Path.of("/b/app-1.db");
		Path database = Path.of("/app.db");
		assertThat(line(snapshot, database, "vfs=unix-dotfile", APPLICATION))
			.contains(" --url 'jdbc:sqlite:file:/app.db?vfs=unix-dotfile' ");
		assertThat(line(snapshot, database, "vfs=unix-dotfile", UNKNOWN))
			.startsWith("sqlite3 'file:/app.db?vfs=unix-dotfile' ");
	}

	@Test
	void whereThereIsNobodyToAskLineSaysSo() {
		assertThat(RestoreCommandLine.of(Path.of("/b/app-1.db"), Path.of("/app.db"), "", APPLICATION, false, false))
			.endsWith(" --dir /b --yes");
		assertThat(RestoreCommandLine.of(Path.of("/b/app-1.db"), Path.of("/app.db"), "", APPLICATION, true, false))
			.endsWith(" --dir /b");
	}

	@Test
	void sqliteIsUnpackedWhereTheApplicationDoesIt() {
		Path here = Path.of("").toAbsolutePath();
		assertThat(withProperty("org.sqlite.tmpdir", "writable here"))
			.startsWith("java '-Dorg.sqlite.tmpdir=" + here.resolve("writable here") + "' -Djarmode=dbbackup -jar ");
		assertThat(withProperty("org.sqlite.lib.path", "/lib/sqlite"))
			.startsWith("java -Dorg.sqlite.lib.path=/lib/sqlite -Djarmode=dbbackup -jar ");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void sqliteIsUnpackedWithOtherTemporaryFilesOfTheApplication() {
		assertThat(withProperty(TEMPORARY, "/var/tmp")).startsWith("java -Dorg.sqlite.tmpdir=/var/tmp ");
	}

	@Test
	void executableJarIsFoundFromAnywhere() {
		assertThat(line(Path.of("/b/app-1.db"), Path.of("/app.db"), "", started("app.jar", "app.jar")))
			.contains(" -jar " + Path.of("app.jar").toAbsolutePath() + " ");
	}

	@Test
	void classPathWithUnknownLibrariesIsFoundFromAnywhere() throws Exception {
		String line = line(Path.of("/b/app-1.db"), Path.of("/app.db"), "",
				started("/lib/a.jar:../b.jar:lib/*:*:", MAIN));
		Path here = Path.of("").toAbsolutePath();
		assertThat(words(line)).containsExactly("java", "-cp",
				String.join(":", "/lib/a.jar", here.resolveSibling("b.jar").toString(), here.resolve("lib") + "/*",
						here + "/*", here.toString()),
				BackupCommand.class.getName(), "restore", "/b/app-1.db", "--url", "jdbc:sqlite:/app.db", "--dir", "/b");
	}

	@Test
	void applicationOfClassesRestoresForRealFromAnywhere() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("what? 100% of 'them' #1.db"), 1);
		Path snapshot = TestDatabase.create(this.directory.resolve("it's a \"snapshot\".db"), 2);
		// Which the command reads where it is typed, and needs a library for.
		Files.writeString(this.directory.resolve("application.yaml"), "quartermaster.backup.verification: full");
		List<Path> libraries = CommandClassPath.find(RestoreCommandLine.class.getClassLoader());
		String line = RestoreCommandLine.of(snapshot, database, "", new Started(LONG_CLASS_PATH, MAIN, libraries),
				false, false);
		assertThat(line).doesNotContain("library.jar");
		assertThat(sh(line)).contains("Restored " + database, "To undo the restore:");
		assertThat(TestDatabase.items(database)).containsExactly("item 1", "item 2");
		assertThat(BackupDirectory.regularFiles(this.directory))
			.filteredOn((file) -> file.toString().endsWith("-pre-restore.db"))
			.singleElement()
			.satisfies((kept) -> assertThat(TestDatabase.items(kept)).containsExactly("item 1"));
	}

	@Test
	void thisProcessIsOneOfClasses() {
		assertThat(RestoreCommandLine.of(Path.of("/b/app-1.db"), Path.of("/app.db"), "")).startsWith("java -cp ")
			.contains(" " + BackupCommand.class.getName() + " restore /b/app-1.db ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.db", "two words.db", "it's.db", "say \"app\".db", "both ' and \".db",
			"back\\slash.db", "line\\n.db", "what?.db", "$HOME `id` & co; #1 100%25.db", "größe.db" })
	void whereCommandCannotBeFoundShellOfSqliteRestores(String name) throws Exception {
		Programs.need("sqlite3", "--version");
		Path database = TestDatabase.create(this.directory.resolve(name), 1);
		Path snapshots = Files.createDirectory(this.directory.resolve("snapshots of " + name));
		Path snapshot = TestDatabase.create(snapshots.resolve(name), 3);
		String line = line(snapshot, database, "", UNKNOWN);
		assertThat(line).startsWith("sqlite3 ");
		assertThat(sh(line)).isEmpty();
		assertThat(TestDatabase.items(database)).containsExactly("item 1", "item 2", "item 3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.db", "two words.db", "it's.db", "what?mode=ro.db", "100%.db", "100%25.db", "#1.db",
			"größe?.db", "both ' and \"?.db" })
	void urlMeansTheVeryFile(String name) throws Exception {
		Path database = this.directory.toRealPath().resolve(name);
		String line = line(this.directory.resolve("snapshot.db"), database, "", APPLICATION);
		String url = words(line).get(7);
		assertThat(SqliteDatabase.of(url).file()).isEqualTo(database);
		TestDatabase.create(database, 1);
		assertThat(SqliteDatabase.of(url).file()).isEqualTo(database);
	}

	@Test
	void linesForWindowsHaveDoubleQuotes() {
		Path snapshot = Path.of("/it's my/app-1.db");
		assertThat(RestoreCommandLine.of(snapshot, Path.of("/my data/app.db"), "", APPLICATION, true, true))
			.isEqualTo("java -Djarmode=dbbackup -jar /opt/app.jar restore \"/it's my/app-1.db\""
					+ " --url \"jdbc:sqlite:/my data/app.db\" --dir \"/it's my\"");
		assertThat(RestoreCommandLine.of(snapshot, Path.of("/data\\app.db"), "", UNKNOWN, true, true))
			.isEqualTo("sqlite3 \"/data\\app.db\" \".restore \\\"/it's my/app-1.db\\\"\"");
	}

	@Test
	void backslashesForWindowsStayWhatTheyAre() {
		assertThat(RestoreCommandLine.of(Path.of("/my data\\b\\app-1.db"), Path.of("/app.db"), "", UNKNOWN, true, true))
			.isEqualTo("sqlite3 /app.db \".restore '/my data\\b\\app-1.db'\"");
		assertThat(RestoreCommandLine.of(Path.of("/C:\\/app-1.db"), Path.of("/app.db"), "", APPLICATION, true, true))
			.endsWith(" --dir \"/C:\\\\\"");
	}

	private static String withProperty(String name, String value) {
		String before = System.getProperty(name);
		try {
			System.setProperty(name, value);
			return line(Path.of("/b/app-1.db"), Path.of("/app.db"), "", APPLICATION);
		}
		finally {
			if (before != null) {
				System.setProperty(name, before);
			}
			else {
				System.clearProperty(name);
			}
		}
	}

	private static String line(Path snapshot, Path database, String urlParameters, Started started) {
		return RestoreCommandLine.of(snapshot, database, urlParameters, started, true, false);
	}

	private static Started started(String classPath, String command) {
		return new Started(classPath, command, List.of());
	}

	/**
	 * Let the shell take a line apart.
	 */
	private List<String> words(String line) throws IOException, InterruptedException {
		return sh("printf '%s\\n' " + line).lines().toList();
	}

	private String sh(String line) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectInput(new File("/dev/null"));
		builder.environment().remove("QUARTERMASTER_BACKUP_DIR");
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
