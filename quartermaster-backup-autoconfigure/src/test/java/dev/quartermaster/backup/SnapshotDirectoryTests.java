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
import java.util.UUID;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link SnapshotDirectory}.
 */
class SnapshotDirectoryTests {

	private static final SnapshotName NAME = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 57, 19),
			SnapshotReason.of("x"));

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

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
	void hasNoRoomWhenSnapshotItselfTakesWhatMustBeLeft() {
		long free = this.path.toFile().getUsableSpace();
		this.directory.prepare(free / 4, free / 4);
		assertThatExceptionOfType(NoRoomException.class)
			.isThrownBy(() -> this.directory.prepare(free / 2, free / 4 * 3))
			.satisfies(BackupDirectory::assertClear);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void hasRoomWhereFileSystemDoesNotTell() {
		Path silent = Path.of("/proc");
		assertThat(silent.toFile().getTotalSpace()).isZero();
		new SnapshotDirectory(silent, this.temp.resolve("app.db"), Clock.systemUTC()).prepare(1, Long.MAX_VALUE);
	}

	/**
	 * There is a snapshot by then, and it is whole.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void warnsWhereNamesCannotBeFlushed() {
		Path unflushable = Path.of("/proc");
		assertThatIOException().isThrownBy(() -> DurableFiles.flush(unflushable));
		new SnapshotDirectory(unflushable, this.temp.resolve("app.db"), Clock.systemUTC())
			.flushNames(unflushable.resolve(NAME.toString()));
		assertThat(this.log.ours()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("/proc/" + NAME,
					"could not be flushed", "The snapshot is whole"));
	}

	@Test
	void newestSnapshotIsTheSameOnlyIfContentIs() throws IOException {
		Snapshot snapshot = publish(1);
		try (PartialFile partial = stage(1)) {
			assertThat(SameContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path())).contains(snapshot);
		}
		try (PartialFile partial = stage(2)) {
			assertThat(SameContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path())).isEmpty();
		}
	}

	@Test
	void newestSnapshotIsNotTheSameWhenThatCannotBeTold() throws IOException {
		publish(1);
		try (PartialFile partial = stage(1)) {
			Files.delete(partial.path());
			assertThat(SameContent.NEWEST_KEPT.search().find(this.directory.list(), partial.path())).isEmpty();
		}
	}

	@Test
	void publishesStagedFileWhenSnapshotToLinkIsGone() throws IOException {
		Snapshot snapshot = publish(1);
		Files.delete(snapshot.file());
		try (PartialFile partial = stage(1)) {
			assertThat(this.directory.publishLink(snapshot, partial, NAME)).isEqualTo(snapshot);
		}
		assertThat(TestDatabase.items(snapshot.file())).hasSize(1);
		assertThat(BackupDirectory.leftovers(this.path)).isEmpty();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void renamesWhatCannotBeLinked() throws IOException {
		Path file = this.path.resolve(NAME.toString());
		try (PartialFile partial = stageWhatCannotBeLinked()) {
			assertThat(this.directory.publish(partial, NAME).file()).isEqualTo(file);
			assertThat(partial.path()).doesNotExist();
		}
		assertThat(file.resolve("content")).exists();
		assertThat(this.path).isDirectoryNotContaining("glob:**/.*");
	}

	/**
	 * Nobody can tell whether the other is about to rename.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void leavesNameToWhoeverClaimedIt() throws IOException {
		Path claim = Files.createFile(NameClaim.fileFor(this.path.resolve(NAME.toString())));
		try (PartialFile partial = stageWhatCannotBeLinked()) {
			assertThat(this.directory.publish(partial, NAME).name()).isEqualTo(NAME.attempt(2));
		}
		assertThat(claim).exists();
	}

	/**
	 * Of all that there is only a directory can be renamed but not linked everywhere; on
	 * some file systems that is so for files as well.
	 */
	private PartialFile stageWhatCannotBeLinked() throws IOException {
		PartialFile partial = this.directory.stage();
		Files.delete(partial.path());
		Files.createDirectories(partial.path().resolve("content"));
		return partial;
	}

	@Test
	void takesNextNameWhenOneIsTakenByWhateverItIs() throws IOException {
		Path taken = Files.writeString(this.path.resolve(NAME.toString()), "somebody's");
		Path alsoTaken = Files.createDirectory(this.path.resolve(NAME.attempt(2).toString()));
		assertThat(publish(1).name()).isEqualTo(NAME.attempt(3));
		assertThat(taken).hasContent("somebody's");
		assertThat(alsoTaken).isEmptyDirectory();
	}

	@Test
	void saysThatNameIsTooLong() throws IOException {
		SnapshotName name = SnapshotName.of("a".repeat(250), NAME.stamp(), SnapshotReason.of("x"));
		try (PartialFile partial = stage(1)) {
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> this.directory.publish(partial, name))
				.satisfies(BackupDirectory::assertClear)
				.extracting(BackupException::getAction)
				.asString()
				.contains("shorter");
		}
		assertThat(this.path).isEmptyDirectory();
	}

	@Test
	void saysThatItCannotBeListed() throws IOException {
		Path file = Files.createFile(this.temp.resolve("file"));
		SnapshotDirectory inTheWay = new SnapshotDirectory(file, this.temp.resolve("app.db"), Clock.systemUTC());
		assertThatExceptionOfType(BackupException.class).isThrownBy(inTheWay::list)
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(file.toString())
			.withMessageContaining("there is a file in its place");
	}

	private Snapshot publish(int rows) throws IOException {
		try (PartialFile partial = stage(rows)) {
			return this.directory.publish(partial, NAME);
		}
	}

	private PartialFile stage(int rows) {
		PartialFile partial = this.directory.stage();
		TestDatabase.create(partial.path(), rows);
		return partial;
	}

}
