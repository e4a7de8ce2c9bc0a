/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotBookmark}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SnapshotBookmarkTests {

	private static final SnapshotName BEFORE = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 57),
			SnapshotReason.of("flyway"));

	private static final SnapshotName LATER = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 58),
			SnapshotReason.of("flyway"));

	@TempDir
	private Path directory;

	@TempDir
	private Path databases;

	@BeforeEach
	void createDatabases() {
		TestDatabase.create(this.databases.resolve("app.db"), 1);
		TestDatabase.create(this.databases.resolve("app.sqlite"), 1);
	}

	@Test
	void isThereUntilItIsRemoved(CapturedOutput output) {
		SnapshotBookmark bookmark = bookmark("app.db");
		assertThat(bookmark.name()).isEmpty();
		bookmark.set(BEFORE);
		bookmark.set(LATER);
		assertThat(bookmark("app.db").name()).contains(LATER.toString());
		assertThat(this.directory.toFile().list()).containsExactly(".quartermaster-unfinished-app.db");
		bookmark.remove();
		assertThat(bookmark.name()).isEmpty();
		assertThat(this.directory).isEmptyDirectory();
		bookmark.remove();
		assertThat(output).doesNotContain("WARN  d.q.");
	}

	@Test
	void eachDatabaseHasItsOwn() {
		bookmark("app.db").set(BEFORE);
		bookmark("app.sqlite").set(LATER);
		bookmark("app.sqlite").remove();
		assertThat(bookmark("app.db").name()).contains(BEFORE.toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "pipe", "directory", "link", "dead link" })
	void whatIsNoFileOfOursIsLeftAloneAndSaid(String kind, CapturedOutput output) throws Exception {
		Path note = this.directory.resolve(".quartermaster-unfinished-app.db");
		Path other = Files.writeString(this.directory.resolve("other"), BEFORE.toString());
		switch (kind) {
			case "pipe" -> Programs.need("mkfifo", note.toString());
			case "directory" -> Files.createDirectory(note);
			case "link" -> Files.createSymbolicLink(note, other);
			default -> Files.createSymbolicLink(note, this.directory.resolve("missing"));
		}
		SnapshotBookmark bookmark = bookmark("app.db");
		assertThat(bookmark.name()).isEmpty();
		bookmark.set(LATER);
		bookmark.remove();
		assertThat(Files.exists(note, LinkOption.NOFOLLOW_LINKS)).isTrue();
		assertThat(Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS)).isFalse();
		assertThat(other).hasContent(BEFORE.toString());
		assertThat(output).containsOnlyOnce("The file " + note + " cannot be read");
	}

	@Test
	void mayHaveSecondNameUnlessItMayBeDatabase() throws Exception {
		Path note = this.directory.resolve(".quartermaster-unfinished-app.db");
		Files.createLink(this.directory.resolve("other"), Files.writeString(note, BEFORE + "\n"));
		assertThat(bookmark("app.db").name()).contains(BEFORE.toString());
		for (int length : new int[] { 0, 512 }) {
			Files.writeString(note, "x".repeat(length));
			assertThatExceptionOfType(BackupException.class).as("%d bytes", length)
				.isThrownBy(() -> bookmark("app.db").requireName())
				.withMessageContaining(note.toString());
		}
	}

	@Test
	void endsWithRestoreOfItsSnapshotOrAnOlderOne() {
		SqliteBackupService service = BackupServices.service(this.databases.resolve("app.db"));
		Snapshot older = change(service);
		Snapshot marked = change(service);
		Snapshot newer = change(service);
		for (Snapshot restored : List.of(newer, marked, older)) {
			service.bookmark().set(marked);
			service.restore(restored.file(), false);
			assertThat(service.bookmark().name().isPresent()).as("after %s", restored).isEqualTo(restored == newer);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "\0\0\0", "../app.db" })
	void anythingMayBeInIt(String content) throws Exception {
		Files.writeString(this.directory.resolve(".quartermaster-unfinished-app.db"), content);
		assertThat(bookmark("app.db").name()).isEqualTo(content.lines().findFirst());
	}

	@Test
	void endlessOneIsNotReadToTheEnd() throws Exception {
		Files.writeString(this.directory.resolve(".quartermaster-unfinished-app.db"), "a".repeat(1_000_000));
		assertThat(bookmark("app.db").name()).hasValueSatisfying((name) -> assertThat(name).hasSize(1024));
	}

	private static Snapshot change(SqliteBackupService service) {
		TestDatabase.execute(service.database(), "INSERT INTO item (name) VALUES ('more')");
		return BackupServices.backup(service, "x").snapshot();
	}

	private SnapshotBookmark bookmark(String database) {
		return new SnapshotBookmark(BackupContext.of(SqliteDatabase.of(this.databases.resolve(database)),
				BackupServices.settings(this.directory, VerificationMode.QUICK), BackupListener.NONE));
	}

}
