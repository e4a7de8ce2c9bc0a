/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests that each kind of text that has hurt somebody before, as a reason or as the name
 * of a database, makes one file, where it belongs and called as documented.
 * {@link HostileInputTests} makes up more.
 */
class HostileNamesTests {

	/**
	 * Of 255 bytes, what a stamp, {@code -manual} and {@code .db} leave.
	 */
	private static final int LONGEST_NAME = 229;

	@TempDir
	private Path temp;

	static Stream<Arguments> reasons() {
		return Stream.of(arguments(named("empty", ""), "manual"),
				arguments(named("only white space", " \t\n\u00a0\u3000"), "manual"),
				arguments(named("only separators", "/\\-_.:|"), "manual"),
				arguments(named("directory above", ".."), "manual"), arguments(named("path above", "../../x"), "x"),
				arguments(named("path far above", "../../../../../../etc/passwd"), "etc-passwd"),
				arguments(named("path above on Windows", "..\\..\\boot.ini"), "boot-ini"),
				arguments(named("absolute path", "/tmp/x.db"), "tmp-x-db"),
				arguments(named("absolute path on Windows", "C:\\x"), "c-x"),
				arguments(named("alternate data stream", "x::$DATA"), "x-data"),
				arguments(named("share", "\\\\host\\share"), "host-share"),
				arguments(named("percent-encoded path above", "%2e%2e%2fx%5cy"), "2e-2e-2fx-5cy"),
				arguments(named("twice percent-encoded path above", "%252e%252e%252fx"), "252e-252e-252fx"),
				arguments(named("percent-encoded NUL", "x.db%00.txt"), "x-db-00-txt"),
				arguments(named("overlong encoding of a slash", "..\u00c0\u00afx"), "a-x"),
				arguments(named("path above in full width", "\uff0e\uff0e\uff0fx"), "x"),
				arguments(named("path above with dot leaders", "\u2025/\u2024\u2024/x"), "x"),
				arguments(named("division slash", "a\u2215b\u2044c"), "a-b-c"),
				arguments(named("home directory", "~/x"), "x"), arguments(named("NUL", "\0"), "manual"),
				arguments(named("NUL within", "a\0b.db"), "a-b-db"),
				arguments(named("line breaks", "a\nb\r\nc\u2028d\u0085e"), "a-b-c-d-e"),
				arguments(named("escape sequence", "\u001b[31mred\u0007\u007f"), "31mred"),
				arguments(named("right-to-left override", "\u202egpj.exe"), "gpj-exe"),
				arguments(named("right-to-left mark", "a\u200fb"), "a-b"),
				arguments(named("right-to-left letters", "\u05d0\u05d1\u0661\u0662"), "manual"),
				arguments(named("zero-width characters", "a\u200bb\ufeffc"), "a-b-c"),
				arguments(named("no character", "a\uffffb"), "a-b"), arguments(named("Windows device", "CON"), "con"),
				arguments(named("Windows device with extension", "nul.db"), "nul-db"),
				arguments(named("Windows device with superscript", "LPT\u00b9"), "lpt1"),
				arguments(named("trailing dots and blanks", "aux. . "), "aux"),
				arguments(named("high surrogate alone", "\ud800"), "manual"),
				arguments(named("low surrogate alone", "a\udc00b"), "a-b"),
				arguments(named("surrogates the wrong way round", "\udc00\ud800"), "manual"),
				arguments(named("surrogates cut apart", "a".repeat(1023) + "\ud83d\ude00"), "a".repeat(64)),
				arguments(named("combining characters", "e\u0301te\u0301 Z\u0351\u036b\u0343"), "ete-z"),
				arguments(named("combining characters alone", "\u0301\u0351"), "manual"),
				arguments(named("many combining characters", "a" + "\u0301".repeat(500) + "b"), "ab"),
				arguments(named("emoji", "\ud83d\ude00"), "manual"),
				arguments(named("emoji of several", "a \ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 b"), "a-b"),
				arguments(named("dotted and dotless i", "\u0130I\u0131i"), "ii-i"),
				arguments(named("ligature", "\ufb01x"), "fix"), arguments(named("unit", "\u33af"), "rad-s2"),
				arguments(named("character that becomes 18", "\ufdfa".repeat(1000)), "manual"),
				arguments(named("100 kB", "a".repeat(100_000)), "a".repeat(64)),
				arguments(named("100 kB of path above", "../".repeat(33_334)), "manual"),
				arguments(named("100 kB of emoji", "\ud83d\ude00".repeat(25_000)), "manual"),
				arguments(named("dash where it is cut off", "a".repeat(63) + "-b"), "a".repeat(63)),
				arguments(named("option", "--rf"), "rf"),
				arguments(named("shell commands", "$(id) `id`; rm -rf ~ | x & y > z"), "id-id-rm-rf-x-y-z"),
				arguments(named("glob", "*?[a-z]"), "a-z"),
				arguments(named("SQL", "'; DROP TABLE item; --"), "drop-table-item"),
				arguments(named("format", "%s%n{0}{}"), "s-n-0"), arguments(named("pattern", "\\E.*\\Q$1"), "e-q-1"),
				arguments(named("name of a snapshot", "app-20260417-115719-x.db"), "app-20260417115719-x-db"),
				arguments(named("name of a staged file", ".quartermaster-1-2-x.partial"),
						"quartermaster-1-2-x-partial"),
				arguments(named("database in memory", "file::memory:?mode=memory"), "file-memory-mode-memory"));
	}

	@ParameterizedTest
	@MethodSource("reasons")
	void reasonMakesOneFileWhereItBelongs(@Nullable String reason, String slug) throws IOException {
		assertMakesOneFile("app.db", "app", reason, slug);
	}

	/**
	 * All but NUL, separators and surrogates alone, which no file can have in its name.
	 */
	static Stream<Arguments> databases() {
		String emoji = "\ud83d\ude00";
		return Stream.of(arguments(named("no extension", "app"), "app"),
				arguments(named("two extensions", "app.tar.db"), "app.tar"),
				arguments(named("only an extension", ".db"), ".db"), arguments(named("this directory", "..db"), "."),
				arguments(named("directory above", "...db"), ".."), arguments(named("only dots", "...."), "..."),
				arguments(named("path above on Windows", "..\\..\\x.db"), "..\\..\\x"),
				arguments(named("percent-encoded path above", "%2e%2e%2fx%5cy.db"), "%2e%2e%2fx%5cy"),
				arguments(named("percent-encoded NUL", "x%00.db"), "x%00"),
				arguments(named("path above in full width", "\uff0e\uff0e\uff0fx.db"), "\uff0e\uff0e\uff0fx"),
				arguments(named("home directory", "~.db"), "~"), arguments(named("blank", " "), " "),
				arguments(named("line breaks", "a\nb\r\nc.db"), "a\nb\r\nc"),
				arguments(named("escape sequence", "\u001b[31mred\u0007\u007f.db"), "\u001b[31mred\u0007\u007f"),
				arguments(named("right-to-left override", "\u202ebd.x.db"), "\u202ebd.x"),
				arguments(named("right-to-left letters", "\u05d0\u05d1\u0661.db"), "\u05d0\u05d1\u0661"),
				arguments(named("zero-width characters", "a\u200bb\ufeff.db"), "a\u200bb\ufeff"),
				arguments(named("Windows device", "CON"), "CON"),
				arguments(named("Windows device with extension", "nul.db"), "nul"),
				arguments(named("trailing dots and blanks", "aux. . "), "aux. "),
				arguments(named("combining characters", "e\u0301Z\u0351\u036b\u0343.db"), "e\u0301Z\u0351\u036b\u0343"),
				arguments(named("combining characters alone", "\u0301.db"), "\u0301"),
				arguments(named("emoji", emoji + ".db"), emoji),
				arguments(named("dotted and dotless i", "\u0130I\u0131i.db"), "\u0130I\u0131i"),
				arguments(named("as long as can be", "a".repeat(LONGEST_NAME)), "a".repeat(LONGEST_NAME)),
				arguments(named("as long as can be in bytes", "a" + emoji.repeat(57)), "a" + emoji.repeat(57)),
				arguments(named("option", "-rf.db"), "-rf"), arguments(named("dashes", "--"), "--"),
				arguments(named("shell commands", "$(id) `id`; rm -rf ~.db"), "$(id) `id`; rm -rf ~"),
				arguments(named("glob", "*?[a-z]{b,c}.db"), "*?[a-z]{b,c}"),
				arguments(named("SQL", "'; DROP TABLE item; --\".db"), "'; DROP TABLE item; --\""),
				arguments(named("format", "%s%n{0}{}.db"), "%s%n{0}{}"),
				arguments(named("pattern", "\\E.*\\Q$1.db"), "\\E.*\\Q$1"),
				arguments(named("name of a snapshot", "app-20260417-115719-x.db"), "app-20260417-115719-x"),
				arguments(named("end of the name of a snapshot", "-20260417-115719-x.db"), "-20260417-115719-x"),
				arguments(named("name of a staged file", ".quartermaster-1-2-x.partial"), ".quartermaster-1-2-x"),
				arguments(named("name of a WAL", "app.db-wal"), "app"),
				arguments(named("database in memory", ":memory:"), ":memory:"), arguments(
						named("URI", "file:app?mode=memory&cache=shared#x.db"), "file:app?mode=memory&cache=shared#x"));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void databaseMakesOneFileWhereItBelongs(String fileName, String name) throws IOException {
		assertMakesOneFile(fileName, name, null, "manual");
	}

	static Stream<String> tooLong() {
		return Stream.of("a".repeat(LONGEST_NAME + 1), "ab" + "\ud83d\ude00".repeat(57));
	}

	@ParameterizedTest
	@MethodSource("tooLong")
	void databaseWithTooLongNameMakesNoFile(String fileName) throws IOException {
		Path database = create(fileName);
		Set<Path> before = everything();
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> BackupServices.service(database).backup(null))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("too long");
		Set<Path> made = everything();
		made.removeAll(before);
		made.removeIf((file) -> file.toString().endsWith(".owner")
				|| file.getFileName().toString().startsWith(".quartermaster-failed-"));
		assertThat(made).containsExactly(database.resolveSibling("backups"));
	}

	private void assertMakesOneFile(String fileName, String name, @Nullable String reason, String slug)
			throws IOException {
		Path database = create(fileName);
		Path directory = database.resolveSibling("backups");
		Set<Path> before = everything();
		Snapshot snapshot = BackupServices.backup(BackupServices.service(database), reason).snapshot();
		Set<Path> made = everything();
		made.removeAll(before);
		assertThat(made).containsExactlyInAnyOrderElementsOf(
				Stream
					.of(directory, snapshot.file(), directory.resolve(".quartermaster-" + name + ".owner"),
							directory.resolve(".quartermaster-" + name + ".installation"),
							directory.resolve(snapshot.name() + ".json"))
					.filter(HostileNamesTests::canBeNamed)
					.toList());
		assertThat(SnapshotManifests.find(snapshot).isPresent())
			.isEqualTo(canBeNamed(directory.resolve(snapshot.name() + ".json")));
		assertThat(snapshot.file()).isRegularFile();
		assertThat(snapshot.file().toRealPath().getParent()).isEqualTo(directory.toRealPath());
		String snapshotName = snapshot.file().getFileName().toString();
		assertThat(snapshotName).matches(Pattern.compile(Pattern.quote(name) + "-\\d{8}-\\d{6}-" + slug + "\\.db"));
		assertThat(SnapshotName.parse(name, snapshotName)).contains(snapshot.name());
		assertThat(BackupServices.service(database).find(snapshotName)).contains(snapshot);
		assertThat(TestDatabase.items(snapshot.file())).containsExactly("item 1");
	}

	/**
	 * What is named after a snapshot may have a name that is too long, and is left out.
	 */
	private static boolean canBeNamed(Path file) {
		return file.getFileName().toString().getBytes(StandardCharsets.UTF_8).length <= 255;
	}

	/**
	 * So deep that what goes astray by some steps up is seen.
	 */
	private Path create(String fileName) throws IOException {
		Path directory = Files.createDirectories(this.temp.resolve("a/b/c/d"));
		return TestDatabase.create(directory.resolve(fileName), 1);
	}

	private Set<Path> everything() throws IOException {
		try (Stream<Path> all = Files.walk(this.temp)) {
			Set<Path> found = new TreeSet<>();
			all.forEach(found::add);
			return found;
		}
	}

}
