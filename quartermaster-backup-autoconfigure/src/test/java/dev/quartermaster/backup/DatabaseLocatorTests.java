/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DatabaseLocator}.
 */
@DisabledOnOs(OS.WINDOWS)
class DatabaseLocatorTests {

	private static final String PARAMETERS = "?journal_mode=WAL&foreign_keys=true&busy_timeout=5000&page_size=512";

	@TempDir
	private Path temp;

	/**
	 * URLs of {@code <directory>/my größe.db}, where the directory stands for itself.
	 */
	static List<String> urls() {
		return List.of("jdbc:sqlite:<directory>/my größe.db", "jdbc:sqlite:<directory>/my größe.db" + PARAMETERS,
				"jdbc:sqlite:<directory>/../<name>/my größe.db", "jdbc:sqlite:file:<directory>/my größe.db",
				"jdbc:sqlite:file:<directory>/my%20gr%C3%B6%c3%9fe%2Edb",
				"jdbc:sqlite:file://<directory>/my%20größe.db?cache=private&mode=rw",
				"jdbc:sqlite:file://localhost<directory>/my größe.db",
				"jdbc:sqlite:file:<directory>/my größe.db?journal_mode=WAL#fragment",
				"sqlite:///<directory>/my größe.db", "sqlite:///<directory>/my größe.db" + PARAMETERS);
	}

	static Stream<String> relativeUrls() {
		return Stream.of("jdbc:sqlite:", "jdbc:sqlite:file:", "sqlite:///")
			.flatMap((prefix) -> Stream.of("", PARAMETERS)
				.map((parameters) -> prefix + "<directory>/app.db" + parameters));
	}

	@ParameterizedTest
	@MethodSource("urls")
	void findsExistingFileWithoutChangingIt(String template) throws Exception {
		Path directory = this.temp.toRealPath();
		Path file = TestDatabase.create(directory.resolve("my größe.db"), 3);
		FileTime changed = FileTime.fromMillis(0);
		Files.setLastModifiedTime(file, changed);
		byte[] content = Files.readAllBytes(file);
		assertThat(file(url(template, directory))).isEqualTo(file);
		assertThat(file).hasBinaryContent(content);
		assertThat(Files.getLastModifiedTime(file)).isEqualTo(changed);
		assertThat(BackupDirectory.files(directory)).containsExactly(file);
	}

	@ParameterizedTest
	@MethodSource("urls")
	void findsMissingFileWithoutMakingIt(String template) throws Exception {
		Path directory = this.temp.toRealPath();
		FileTime changed = FileTime.fromMillis(0);
		Files.setLastModifiedTime(directory, changed);
		assertThat(file(url(template, directory))).isEqualTo(directory.resolve("my größe.db"));
		assertThat(Files.getLastModifiedTime(directory)).isEqualTo(changed);
		assertThat(BackupDirectory.files(directory)).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("relativeUrls")
	void relativeUrlStartsAtWorkingDirectory(String template) throws Exception {
		Path directory = Path.of("target", "relative-" + UUID.randomUUID());
		String url = template.replace("<directory>", directory.toString());
		Path file = directory.resolve("app.db").toAbsolutePath();
		assertThat(file(url)).isEqualTo(file);
		assertThat(directory).doesNotExist();
		Files.createDirectories(directory);
		try {
			TestDatabase.create(file, 3);
			assertThat(file(url)).isEqualTo(file.toRealPath());
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "100%.db", "%zz.db", "a|b.db", "a\"b.db", "[a].db", "a^b{c}.db", "a+b.db", "a\\b$1.db" })
	void missingFileOfSloppyUriIsTheOneThatSqliteWouldMake(String name) throws Exception {
		Path directory = this.temp.toRealPath();
		String url = "jdbc:sqlite:file:" + directory + "/" + name;
		Path missing = file(url);
		TestDatabase.createAt(url);
		assertThat(BackupDirectory.files(directory)).containsExactly(missing);
		assertThat(file(url)).isEqualTo(missing);
	}

	@Test
	void followsLink() throws Exception {
		Path directory = this.temp.toRealPath();
		Path file = TestDatabase.create(directory.resolve("app.db"), 3);
		Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
		assertThat(file("jdbc:sqlite:" + link)).isEqualTo(file);
		assertThat(file("sqlite:///" + link)).isEqualTo(file);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:sqlite:", "sqlite:///", "jdbc:sqlite:file:" })
	void missingFileIsWhereTheLinkLeadsTo(String prefix) throws Exception {
		Path directory = this.temp.toRealPath();
		Path link = Files.createSymbolicLink(directory.resolve("link.db"), Path.of("data", "..", "data", "app.db"));
		assertThat(file(prefix + link)).isEqualTo(directory.resolve("data/app.db"));
	}

	@Test
	void fileThatIsNoDatabaseIsFoundToo() throws Exception {
		Path file = Files.writeString(this.temp.toRealPath().resolve("app.db"), "Dear diary");
		assertThat(file("jdbc:sqlite:" + file)).isEqualTo(file);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:sqlite::memory:", "jdbc:sqlite::memory:?journal_mode=WAL", "jdbc:sqlite:",
			"jdbc:sqlite:?journal_mode=WAL", "jdbc:sqlite:file:", "jdbc:sqlite:file::memory:",
			"jdbc:sqlite:file::memory:?cache=shared", "jdbc:sqlite:file:name?mode=memory&cache=shared",
			"jdbc:sqlite:file:name?cache=shared&mode=memory", "jdbc:sqlite:file:/name?vfs=memdb", "sqlite:///:memory:",
			"sqlite:///", "sqlite://", "sqlite:" })
	void memoryIsNoFile(String url) {
		assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(() -> file(url))
			.withMessageContaining("memory");
		assertThat(Path.of("name")).doesNotExist();
		assertThat(Path.of(":memory:")).doesNotExist();
	}

	@Test
	void resourceInLibraryIsNoFile() {
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> file("jdbc:sqlite::resource:app.db"))
			.withMessageContaining("a resource on the class path");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://me:open-sesame@host/db",
			"jdbc:postgresql://host/db?password=open-sesame", "jdbc:mysql:replication://me:open-sesame@host/db",
			"jdbc:sqlserver://host;password=open-sesame", "jdbc:oracle:thin:me/open-sesame@host",
			"postgres://me:open-sesame@host/db", "open-sesame", "", "/open-sesame/app.db", "sqlite:open-sesame",
			"sqlite://me:open-sesame@host/db", "JDBC:SQLITE:open-sesame", "//open-sesame:open-sesame" })
	void otherUrlIsRefusedWithoutTellingItsPassword(String url) {
		assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(() -> file(url))
			.withMessageContaining("jdbc:sqlite:app.db or sqlite:///app.db")
			.withMessageNotContaining("sesame")
			.withMessageNotContaining("is sqlite,")
			.withMessageNotContaining("is ,");
	}

	@Test
	void otherDatabaseIsNamed() {
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> file("jdbc:postgresql://host/db"))
			.withMessageStartingWith("The database is jdbc:postgresql, not SQLite.");
	}

	private static Path file(String url) {
		return DatabaseLocator.locate(url).file();
	}

	private static String url(String template, Path directory) {
		return template.replace("<directory>", directory.toString())
			.replace("<name>", String.valueOf(directory.getFileName()));
	}

}
