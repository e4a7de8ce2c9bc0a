/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;

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

/**
 * Tests for {@link UnfinishedChange}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnfinishedChangeTests {

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
	void isNotedUntilItEnds(CapturedOutput output) {
		UnfinishedChange change = change("app.db");
		assertThat(change.snapshot()).isEmpty();
		change.begin(BEFORE);
		change.begin(LATER);
		assertThat(change("app.db").snapshot()).contains(LATER.toString());
		assertThat(this.directory.toFile().list()).containsExactly(".quartermaster-unfinished-app.db");
		change.end();
		assertThat(change.snapshot()).isEmpty();
		assertThat(this.directory).isEmptyDirectory();
		change.end();
		assertThat(output).doesNotContain("WARN  d.q.");
	}

	@Test
	void eachDatabaseHasItsOwn() {
		change("app.db").begin(BEFORE);
		change("app.sqlite").begin(LATER);
		change("app.sqlite").end();
		assertThat(change("app.db").snapshot()).contains(BEFORE.toString());
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
		UnfinishedChange change = change("app.db");
		assertThat(change.snapshot()).isEmpty();
		change.begin(LATER);
		change.end();
		assertThat(Files.exists(note, LinkOption.NOFOLLOW_LINKS)).isTrue();
		assertThat(Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS)).isFalse();
		assertThat(other).hasContent(BEFORE.toString());
		assertThat(output).containsOnlyOnce("cannot be told, since " + note + " cannot be read");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "\0\0\0", "../app.db" })
	void anythingMayBeInIt(String content) throws Exception {
		Files.writeString(this.directory.resolve(".quartermaster-unfinished-app.db"), content);
		assertThat(change("app.db").snapshot()).isEqualTo(content.lines().findFirst());
	}

	@Test
	void endlessOneIsNotReadToTheEnd() throws Exception {
		Files.writeString(this.directory.resolve(".quartermaster-unfinished-app.db"), "a".repeat(1_000_000));
		assertThat(change("app.db").snapshot()).hasValueSatisfying((name) -> assertThat(name).hasSize(1024));
	}

	private UnfinishedChange change(String database) {
		return new UnfinishedChange(this.directory, this.databases.resolve(database));
	}

}
