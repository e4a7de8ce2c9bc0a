/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whatever the reason and the database are called, each file lies where it
 * belongs, is called as documented, and can be found again by its name.
 */
class HostileInputTests {

	private static final String REASON = "[a-z0-9]+(-[a-z0-9]+)*";

	private static final int LONGEST_FILE_NAME = 255;

	private static final LocalDateTime TAKEN = LocalDateTime.of(2026, 4, 17, 11, 57, 19);

	private final Locale defaultLocale = Locale.getDefault();

	@TempDir
	private Path temp;

	@AfterEach
	void restoreLocale() {
		Locale.setDefault(this.defaultLocale);
	}

	@ParameterizedTest
	@ValueSource(strings = { "en", "tr", "ar-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai" })
	void namesAreAsDocumentedAndReadBack(String locale) {
		Locale.setDefault(Locale.forLanguageTag(locale));
		Inputs inputs = new Inputs(Campaign.random("hostile inputs, " + locale));
		for (int i = 0; i < Campaign.scale("inputs", 4000) / 4; i++) {
			assertNameIsAsDocumentedAndReadsBack(inputs.next(), inputs.next(), inputs.next());
		}
	}

	static void assertNameIsAsDocumentedAndReadsBack(String database, @Nullable String reason, String otherFile) {
		SnapshotName name = SnapshotName.of(database, TAKEN, SnapshotReason.of(reason));
		assertThat(name.reason().slug()).matches(REASON).hasSizeLessThanOrEqualTo(64);
		assertThat(name.toString()).isEqualTo(database + "-20260417-115719-" + name.reason() + ".db");
		assertThat(SnapshotName.parse(database, name.toString())).contains(name);
		SnapshotName third = name.attempt(3);
		assertThat(third.toString()).isEqualTo(database + "-20260417-115719-" + name.reason() + "-3.db");
		assertThat(SnapshotName.parse(database, third.toString())).contains(third);
		SnapshotName.parse(database, otherFile).ifPresent((other) -> assertThat(other).hasToString(otherFile));
		assertThat(underRootLocale(() -> SnapshotName.of(database, TAKEN, SnapshotReason.of(reason)))).isEqualTo(name);
	}

	private static <T> T underRootLocale(Supplier<T> call) {
		Locale locale = Locale.getDefault();
		Locale.setDefault(Locale.ROOT);
		try {
			return call.get();
		}
		finally {
			Locale.setDefault(locale);
		}
	}

	@Test
	void filesAreWhereTheyBelong() throws IOException {
		Inputs inputs = new Inputs(Campaign.random("hostile files"));
		Locale.setDefault(Locale.forLanguageTag("tr"));
		// Copied, since making a database takes longer than backing it up.
		Path content = TestDatabase.create(this.temp.resolve("content"), 1);
		for (int i = 0; i < Campaign.scale("hostile-files", 200); i++) {
			Path directory = Files.createDirectory(this.temp.resolve(String.valueOf(i)));
			String database = inputs.nextFileName();
			Path file = Files.copy(content, directory.resolve(database + inputs.pick("", ".db", ".sqlite.db")));
			assertBackedUp(file, inputs.next());
		}
	}

	@Test
	void nameThatProcessCannotReadIsSaid() throws Exception {
		TestDatabase.create(this.temp.resolve("größe.db"), 1);
		Process process = JavaProcess.start(Map.of("LC_ALL", "C"), List.of(), Ascii.class,
				TestDatabase.url(this.temp.resolve("größe.db")));
		assertThat(process.waitFor()).isZero();
		assertThat(this.temp.resolve("backups")).doesNotExist();
	}

	private static void assertBackedUp(Path file, String reason) throws IOException {
		String fileName = file.getFileName().toString();
		int dot = fileName.lastIndexOf('.');
		String database = (dot > 0) ? fileName.substring(0, dot) : fileName;
		Path directory = file.resolveSibling("backups");
		SqliteBackupService service = BackupServices.service(file);
		try {
			Snapshot snapshot = BackupServices.backup(service, reason).snapshot();
			assertThat(snapshot.file().getParent()).isEqualTo(directory);
			assertThat(service.list()).containsExactly(snapshot);
			assertThat(service.find(snapshot.file().getFileName().toString())).contains(snapshot);
			assertThat(TestDatabase.items(snapshot.file())).containsExactly("item 1");
			String name = snapshot.file().getFileName().toString();
			assertThat(name).matches(Pattern.compile(Pattern.quote(database) + "-\\d{8}-\\d{6}-" + REASON + "\\.db"));
			assertThat(SnapshotName.parse(database, name)).contains(snapshot.name());
			assertThat(BackupDirectory.published(directory)).containsExactly(snapshot.file());
		}
		catch (BackupException ex) {
			// The only thing that can be wrong with a name that the database itself
			// bears.
			String suffix = "-20260417-115719-" + SnapshotName.of(database, TAKEN, SnapshotReason.of(reason)).reason()
					+ ".db";
			assertThat((database + suffix).getBytes(StandardCharsets.UTF_8)).as("%s: %s", ex, database)
				.hasSizeGreaterThan(LONGEST_FILE_NAME);
			BackupDirectory.assertClear(ex);
			assertThat(ex.getMessage()).contains("too long");
			assertThat(BackupDirectory.published(directory)).isEmpty();
		}
		try (Stream<Path> all = Files.walk(file.getParent())) {
			assertThat(all.filter(Files::isRegularFile)
				.filter((found) -> !found.equals(file) && !directory.equals(found.getParent()))).isEmpty();
		}
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
	}

	/**
	 * Backs up a database whose name cannot be written in the encoding of this process.
	 */
	static final class Ascii {

		public static void main(String[] args) {
			if (System.getProperty("sun.jnu.encoding").startsWith("UTF")) {
				// As newer virtual machines and other systems have it everywhere.
				return;
			}
			SQLiteDataSource dataSource = new SQLiteDataSource();
			dataSource.setUrl(args[0]);
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(dataSource),
					BackupServices.settings());
			BackupException failure = FaultyBackup.attempt(service);
			assertThat(failure).isNotNull()
				.hasMessageContaining("encoding of file names")
				.extracting(BackupException::getAction)
				.asString()
				.contains("LC_ALL=C.UTF-8");
			FaultyBackup.migrate(service);
		}

	}

	/**
	 * Makes up strings that have hurt somebody before.
	 */
	private static final class Inputs {

		private static final String[] NASTY = { "", " ", ".", "..", "../", "..\\", "/", "\\", "/etc/passwd",
				"%2e%2e%2f", "%2F", "%5c", "%00", "\0", "\n", "\r\n", "\t", "\u001b[31m", "\u007f", "\u0085", "\u2028",
				"\u202e", "\u200f", "\u200b", "\ufeff", "\uffff", "CON", "nul.db", "COM1", "LPT¹", "aux.", "~", "$HOME",
				"`id`", "$(id)", "; rm -rf *", "|", "*", "?", "#", "&", "=", "<>", "\"", "'", "''; --", "[", "](",
				"\\E", "\\Q", "{}", "%s", "%n", "{0}", "😀", "👩‍👩‍👧", "🇹🇷", "e\u0301", "Z\u0351\u036b\u0343",
				"\ud800", "\udc00", "\udc00\ud800", "İ", "ı", "I", "i\u0307", "ß", "ẞ", "ﬁ", "ﷺ", "Ⅷ", "①", "٣", "๓",
				"ⅷ", "日本語", "א", "-", "--", "-2", "-20260417-115719-x", "20260417-115719", ".db", ".db-wal", "-journal",
				".partial", ".lock", ".quartermaster-", "file:", ":memory:", "?mode=memory", "manual", "a", "Z", "7" };

		private final Random random;

		Inputs(Random random) {
			this.random = random;
		}

		String pick(String... strings) {
			return strings[this.random.nextInt(strings.length)];
		}

		String next() {
			return switch (this.random.nextInt(20)) {
				case 0 -> pick(NASTY).repeat(1 + this.random.nextInt(200));
				case 1 -> utf16(this.random.nextInt(300));
				case 2 -> (this.random.nextInt(20) == 0) ? utf16(100_000) : "a".repeat(this.random.nextInt(200));
				default -> IntStream.range(0, this.random.nextInt(8))
					.mapToObj((i) -> (this.random.nextInt(4) == 0) ? utf16(this.random.nextInt(4)) : pick(NASTY))
					.collect(Collectors.joining());
			};
		}

		/**
		 * Return something that this file system takes for a file name.
		 */
		String nextFileName() {
			String text = next();
			// First, since to cut off one character after another of many takes a minute.
			String name = text.substring(0, Math.min(text.length(), LONGEST_FILE_NAME)).replaceAll("[/\0\\p{Cs}]", "");
			while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_FILE_NAME - ".sqlite.db-journal".length()) {
				name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
			}
			return name.matches("[.]{0,2}|backups") ? "x" + name : name;
		}

		private String utf16(int length) {
			StringBuilder text = new StringBuilder(length);
			for (int i = 0; i < length; i++) {
				text.append(
						(char) (this.random.nextBoolean() ? this.random.nextInt(0x250) : this.random.nextInt(0x10000)));
			}
			return text.toString();
		}

	}

}
