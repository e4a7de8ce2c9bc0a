/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.UUID;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotDirectory}.
 */
class SnapshotDirectoryTests {

	private static final SnapshotName NAME = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 57, 19),
			SnapshotReason.of("x"));

	@TempDir
	private Path temp;

	private Path path;

	private SnapshotDirectory directory;

	@BeforeEach
	void createDirectory() {
		this.path = this.temp.resolve("backups");
		this.directory = new SnapshotDirectory(this.path, this.temp.resolve("app.db"), Clock.systemUTC());
		this.directory.prepare(0, 0);
	}

	@Test
	void isRidOfWhatKilledProcessLeftWhenItIsPrepared() throws IOException {
		String abandoned = ".quartermaster-1-1-" + UUID.randomUUID();
		Files.createFile(this.path.resolve(abandoned + ".lock"));
		Files.createFile(this.path.resolve(abandoned + ".partial"));
		this.directory.prepare(0, 0);
		assertThat(this.path).isEmptyDirectory();
	}

	@Test
	void newestSnapshotIsTheSameOnlyIfContentIs() throws IOException {
		Snapshot snapshot = publish(1);
		try (PartialFile partial = stage(1)) {
			assertThat(UnchangedContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path()))
				.contains(snapshot);
		}
		try (PartialFile partial = stage(2)) {
			assertThat(UnchangedContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path())).isEmpty();
		}
	}

	@Test
	void newestSnapshotIsNotTheSameWhenThatCannotBeTold() throws IOException {
		publish(1);
		try (PartialFile partial = stage(1)) {
			Files.delete(partial.path());
			assertThat(UnchangedContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path())).isEmpty();
		}
	}

	@Test
	void publishesStagedFileWhenSnapshotToLinkIsGone() throws IOException {
		Snapshot snapshot = publish(1);
		Files.delete(snapshot.file());
		try (PartialFile partial = stage(1)) {
			assertThat(this.directory.publishLink(snapshot, partial, NAME, Optional::empty)).isEqualTo(snapshot);
		}
		assertThat(TestDatabase.items(snapshot.file())).hasSize(1);
		assertThat(BackupDirectory.leftovers(this.path)).isEmpty();
	}

	@Test
	void saysThatNameIsTooLong() throws IOException {
		SnapshotName name = SnapshotName.of("a".repeat(250), NAME.stamp(), SnapshotReason.of("x"));
		try (PartialFile partial = stage(1)) {
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> this.directory.publish(partial, name, Optional::empty))
				.satisfies(BackupDirectory::assertClear)
				.extracting(BackupException::getAction)
				.asString()
				.contains("shorter");
		}
		assertThat(this.path).isEmptyDirectory();
	}

	@Test
	void mayBeLinkUnlessThatLeadsNowhere() throws IOException {
		Snapshot snapshot = publish(1);
		Path link = Files.createSymbolicLink(this.temp.resolve("link"), this.path);
		SnapshotDirectory linked = new SnapshotDirectory(link, this.temp.resolve("app.db"), Clock.systemUTC());
		assertThat(linked.list()).extracting(Snapshot::name).containsExactly(snapshot.name());
		Files.move(this.path, this.temp.resolve("unmounted"));
		assertThatExceptionOfType(BackupException.class).isThrownBy(linked::list)
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(link.toString());
		assertThat(this.directory.list()).isEmpty();
	}

	@Test
	void saysThatItCannotBeListed() throws IOException {
		Path file = Files.createFile(this.temp.resolve("file"));
		SnapshotDirectory inTheWay = new SnapshotDirectory(file, this.temp.resolve("app.db"), Clock.systemUTC());
		assertThatExceptionOfType(BackupException.class).isThrownBy(inTheWay::list)
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(file.toString())
			.withMessageContaining("there is already a file of that name");
	}

	private Snapshot publish(int rows) throws IOException {
		try (PartialFile partial = stage(rows)) {
			return this.directory.publish(partial, NAME, Optional::empty);
		}
	}

	private PartialFile stage(int rows) {
		PartialFile partial = this.directory.stage();
		TestDatabase.create(partial.path(), rows);
		return partial;
	}

}
