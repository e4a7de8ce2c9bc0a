/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests that a disk that fills up, or a limit that is reached, at any stage of taking a
 * snapshot leads to a clear error and leaves nothing behind.
 */
class FullDiskTests {

	private static final int MEGABYTES = 9;

	private static final long BLOCK = 4096;

	/**
	 * What is written at once of a copy, to be cut to its size at the end.
	 */
	private static final long PIECE = 32768;

	@TempDir
	private Path temp;

	private @Nullable Path mounted;

	@AfterEach
	void unmount() throws Exception {
		if (this.mounted != null) {
			assertThat(Programs.run("umount", "-l", this.mounted.toString())).isTrue();
		}
	}

	@Tag("process")
	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void fileSizeLimitIsSaidAndLeavesNothing(String journalMode) throws Exception {
		Programs.need("prlimit", "--version");
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Process process = JavaProcess.start(List.of("-XX:-UsePerfData"), LimitedBackups.class, database.toString(),
				limits(Files.size(database), Campaign.random("file size limits, " + journalMode)));
		assertThat(process.waitFor()).isZero();
		Ledger.assertWhole(database, MEGABYTES);
	}

	private static String limits(long size, Random random) {
		LongStream each = LongStream.of(0, 1, 511, 512, BLOCK - 1, BLOCK, 8 * 1024 * 1024, size - 1, size,
				size + PIECE);
		return LongStream.concat(each, random.longs(Campaign.scale("limits", 3), 0, size))
			.mapToObj(String::valueOf)
			.collect(Collectors.joining(","));
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void fullVolumeIsSaidAndLeavesNothing(String journalMode) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		long size = Files.size(database);
		Path directory = mount("size=" + (size + 64 * BLOCK));
		SqliteBackupService service = service(database, directory);
		Random random = Campaign.random("full volume, " + journalMode);
		for (int i = 0; i < Campaign.scale("degrees", 8); i++) {
			// From empty to full, and every block about the size of the database.
			long free = (i < 6) ? size + (i - 1) * BLOCK : random.nextLong(size + 64 * BLOCK);
			Path filler = fillUp(directory, free);
			BackupException failure = FaultyBackup.attempt(service);
			FaultyBackup.migrate(service);
			assertThat(BackupDirectory.leftovers(directory)).containsExactly(filler);
			if (failure != null) {
				assertThat(failure).isInstanceOf(NoRoomException.class);
				assertThat(BackupDirectory.published(directory)).isEmpty();
			}
			else {
				assertThat(free).isGreaterThanOrEqualTo(size);
			}
			FaultyBackup.assertPublishedAreSound(directory);
			Files.delete(filler);
			for (Path snapshot : BackupDirectory.published(directory)) {
				Files.delete(snapshot);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Stage.class)
	void volumeThatFillsUpHalfWayIsSaidAndLeavesNothing(Stage stage) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = mount("size=" + 4 * Files.size(database) + ",nr_inodes=100");
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> backUp(database, directory, stage))
			.satisfies(BackupDirectory::assertClear);
		assertThat(BackupDirectory.published(directory)).isEmpty();
		for (Path filler : BackupDirectory.leftovers(directory)) {
			assertThat(filler.getFileName().toString()).startsWith("filler");
			Files.delete(filler);
		}
		assertThat(FaultyBackup.attempt(service(database, directory))).isNull();
		FaultyBackup.assertPublishedAreSound(directory);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void volumeThatTakesTooFewFilesIsSaidAndLeavesNothing(int inodes) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = mount("size=" + 4 * Files.size(database) + ",nr_inodes=" + inodes);
		SqliteBackupService service = service(database, directory);
		assertThat(FaultyBackup.attempt(service)).isInstanceOf(NoRoomException.class)
			.hasMessageContaining("No space left");
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
		assertThat(BackupDirectory.published(directory)).isEmpty();
		// One more would have room for the manifest, too.
		assertThat(Programs.run("mount", "-o", "remount,nr_inodes=6", directory.toString())).isTrue();
		assertThat(FaultyBackup.attempt(service)).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 6, 7, 8 })
	void volumeThatTakesSnapshotButNotItsManifestAsWellTakesTheSnapshot(int inodes) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		Path directory = mount("size=1m,nr_inodes=" + inodes);
		SqliteBackupService service = service(database, directory);
		assertThat(FaultyBackup.attempt(service)).isNull();
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
		assertThat(service.list()).singleElement()
			.satisfies((snapshot) -> assertThat(SnapshotManifests.find(snapshot).isPresent()).isEqualTo(inodes == 8));
		FaultyBackup.assertPublishedAreSound(directory);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void usedUpQuotaIsSaidAndLeavesNothing(String journalMode) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		long size = Files.size(database);
		Path directory = mountWithQuota();
		SqliteBackupService service = service(database, directory);
		for (long limit : new long[] { 0, 4 * BLOCK, 8 * BLOCK, 1024 * 1024, size / 2, 8 * 1024 * 1024, size - BLOCK,
				size, 2 * size }) {
			limitQuota(directory, limit);
			BackupException failure = FaultyBackup.attempt(service);
			FaultyBackup.migrate(service);
			assertThat(BackupDirectory.leftovers(directory)).isEmpty();
			if (failure != null) {
				assertThat(failure).as("quota of %d", limit)
					.isInstanceOf(NoRoomException.class)
					.hasMessageContaining("quota exceeded");
				assertThat(BackupDirectory.published(directory)).isEmpty();
			}
			assertThat(failure == null).as("quota of %d", limit).isEqualTo(limit > size);
			FaultyBackup.assertPublishedAreSound(directory);
		}
		Ledger.assertWhole(database, MEGABYTES);
	}

	/**
	 * As {@link SqliteBackupService} does it, with the disk full from a certain stage on.
	 */
	private static void backUp(Path database, Path directory, Stage stage) throws IOException {
		SnapshotDirectory snapshots = new SnapshotDirectory(directory, directory.resolveSibling("app.db"),
				Clock.systemUTC());
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BackupServices.settings().busyTimeout())) {
			snapshots.prepare(source.state().size(), 0);
			if (stage == Stage.STAGING) {
				useUpInodes(directory);
			}
			try (PartialFile partial = snapshots.stage()) {
				if (stage == Stage.FIRST_PAGE) {
					fillUp(directory, 0);
				}
				new OnlineCopy(source).to(partial.path(), (bytes, total) -> {
					if (stage == Stage.LATER_PAGE && bytes < total) {
						fillUpUnchecked(directory);
					}
				});
				if (stage == Stage.NAMING) {
					useUpInodes(directory);
				}
				snapshots.publish(partial, SnapshotName.of("app", LocalDateTime.now(), SnapshotReason.of("x")),
						Optional::empty);
			}
		}
	}

	@Test
	void lastFreeByteMayBeUsed() throws Exception {
		Path directory = mount("size=16m");
		long free = directory.toFile().getUsableSpace();
		SnapshotDirectory snapshots = new SnapshotDirectory(directory, directory.resolveSibling("app.db"),
				Clock.systemUTC());
		snapshots.prepare(free - BLOCK, BLOCK);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> snapshots.prepare(free - BLOCK, BLOCK + 1))
			.satisfies(BackupDirectory::assertClear);
	}

	/**
	 * To SQLite that is a failure of the disk, where it is a quota that is used up.
	 */
	@Test
	void roomForLastPieceAndJournalIsFoundMissing() throws Exception {
		long size = 8 * 1024 * 1024 + BLOCK;
		Path directory = mount("size=" + (DatabaseHeader.wholePieces(size) + DatabaseHeader.JOURNAL_BYTES));
		try (PartialFile partial = PartialFile.create(directory, directory)) {
			FreeSpace.use(partial, size);
		}
		fillUp(directory, DatabaseHeader.wholePieces(size) + DatabaseHeader.JOURNAL_BYTES - BLOCK);
		try (PartialFile partial = PartialFile.create(directory, directory)) {
			assertThatIOException().isThrownBy(() -> FreeSpace.use(partial, size))
				.withMessageContaining("No space left");
		}
	}

	@Test
	void volumeWithRoomForLockFileAloneIsLeftEmpty() throws Exception {
		Path directory = mount("size=16m,nr_inodes=100");
		SnapshotDirectory snapshots = new SnapshotDirectory(directory, directory.resolveSibling("app.db"),
				Clock.systemUTC());
		useUpInodes(directory);
		Files.delete(directory.resolve("filler0"));
		List<Path> before = BackupDirectory.leftovers(directory);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(snapshots::stage)
			.satisfies(BackupDirectory::assertClear);
		assertThat(BackupDirectory.leftovers(directory)).isEqualTo(before);
	}

	@Test
	void whatIsNoDatabaseStaysWhenThereIsNoRoomToReplaceIt() throws Exception {
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 1000);
		Path directory = mount("size=16m");
		Path database = Files.writeString(directory.resolve("app.db"), "Dear diary, ".repeat(1000));
		Path filler = fillUp(directory, 0);
		assertThatExceptionOfType(NoRoomException.class)
			.isThrownBy(() -> BackupServices.service(database).restore(snapshot, false))
			.satisfies(BackupDirectory::assertClear);
		assertThat(database).hasContent("Dear diary, ".repeat(1000));
		assertThat(BackupDirectory.leftovers(directory)).containsExactly(filler);
	}

	@Test
	void databaseOnOtherFileSystemIsBackedUp() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = mount("size=16m");
		assertThat(Files.getFileStore(directory)).isNotEqualTo(Files.getFileStore(database));
		for (int i = 1; i <= 3; i++) {
			assertThat(FaultyBackup.attempt(service(database, directory))).isNull();
			assertThat(BackupDirectory.published(directory)).hasSize(i);
		}
		FaultyBackup.assertPublishedAreSound(directory);
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
	}

	@Test
	void fullVolumeOfDatabaseIsSaid() throws Exception {
		Path volume = mount("size=16m");
		Path database = Ledger.create(volume.resolve("app.db"), 1, "WAL");
		Path filler = fillUp(volume, 0);
		SqliteBackupService service = service(database, this.temp.resolve("backups"));
		assertThat(FaultyBackup.attempt(service)).isInstanceOf(NoRoomException.class)
			.hasMessageContaining(database.toString());
		FaultyBackup.migrate(service);
		assertThat(BackupDirectory.leftovers(this.temp.resolve("backups"))).isEmpty();
		Files.delete(filler);
		assertThat(FaultyBackup.attempt(service)).isNull();
	}

	@Test
	void readOnlyVolumeIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = mount("size=16m,ro");
		SqliteBackupService service = service(database, directory);
		assertThat(FaultyBackup.attempt(service)).isInstanceOf(BackupException.class)
			.hasMessageContaining("cannot be written to");
		FaultyBackup.migrate(service);
	}

	@Test
	void volumeThatBecomesReadOnlyHalfWayIsSaidAndCleanedLater() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = mount("size=64m");
		AtomicBoolean readOnly = new AtomicBoolean();
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(database),
				BackupServices.settings(directory, VerificationMode.QUICK), new BackupListener() {

					@Override
					public void onProgress(Path file, long bytes, long totalBytes) {
						try {
							if (readOnly.compareAndSet(false, true)) {
								makeReadOnly(directory);
							}
						}
						catch (InterruptedException ex) {
							throw new IllegalStateException(ex);
						}
					}

				});
		assertThat(FaultyBackup.attempt(service)).isInstanceOf(BackupException.class)
			.hasMessageContaining("cannot be written to")
			.hasMessageContaining("cannot be written to (Read-only file system)");
		FaultyBackup.migrate(service);
		assertThat(Programs.run("umount", directory.toString())).isTrue();
		assertThat(BackupDirectory.published(directory)).isEmpty();
		assertThat(BackupDirectory.leftovers(directory)).as("what could not be removed").isNotEmpty();
		assertThat(FaultyBackup.attempt(service)).isNull();
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
		FaultyBackup.assertPublishedAreSound(directory);
	}

	@Test
	void volumeThatBecomesReadOnlyBeforeFirstByteIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = mount("size=16m");
		SnapshotDirectory snapshots = new SnapshotDirectory(directory, directory.resolveSibling("app.db"),
				Clock.systemUTC());
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BackupServices.settings().busyTimeout());
				PartialFile partial = snapshots.stage()) {
			makeReadOnly(directory);
			BackupException failure = catchThrowableOfType(BackupException.class,
					() -> new OnlineCopy(source).to(partial.path(), (bytes, total) -> {
					}));
			assertThat(failure).hasMessageContaining("could not be written");
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> snapshots.freeSpace().requireInFact(partial, source.state().size(), failure))
				.satisfies(BackupDirectory::assertClear)
				.withMessageContaining("cannot be written to (Read-only file system)");
			assertThat(Programs.run("umount", directory.toString())).isTrue();
		}
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
	}

	/**
	 * Until the next {@code umount}, whoever has a file of it open notwithstanding.
	 */
	private static void makeReadOnly(Path directory) throws InterruptedException {
		assertThat(Programs.run("mount", "--bind", directory.toString(), directory.toString())).isTrue();
		assertThat(Programs.run("mount", "-o", "remount,bind,ro", directory.toString())).isTrue();
	}

	private static SqliteBackupService service(Path database, Path directory) {
		return BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(directory, VerificationMode.QUICK));
	}

	private Path mount(String options) throws Exception {
		Path directory = Files.createDirectory(this.temp.resolve("volume"));
		Programs.need("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString());
		this.mounted = directory;
		return directory;
	}

	/**
	 * Mount a file system with enough room, part of which has a quota, even for root.
	 */
	private Path mountWithQuota() throws Exception {
		Path image = this.temp.resolve("image");
		try (FileChannel channel = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.allocate(1), 256L * 1024 * 1024 - 1);
		}
		Path directory = Files.createDirectory(this.temp.resolve("volume"));
		Programs.need("mkfs.btrfs", "-q", image.toString());
		Programs.need("mount", "-t", "btrfs", "-o", "loop", image.toString(), directory.toString());
		this.mounted = directory;
		Programs.need("btrfs", "quota", "enable", directory.toString());
		Path limited = directory.resolve("limited");
		assertThat(Programs.run("btrfs", "subvolume", "create", limited.toString())).isTrue();
		return limited;
	}

	/**
	 * Limit the first, and only, subvolume.
	 */
	private static void limitQuota(Path limited, long bytes) throws Exception {
		String volume = limited.resolve("..").toString();
		assertThat(Programs.run("btrfs", "qgroup", "limit", String.valueOf(bytes), "0/256", volume)).isTrue();
		assertThat(Programs.run("btrfs", "filesystem", "sync", volume)).isTrue();
	}

	private static Path fillUp(Path directory, long free) throws IOException {
		Path filler = directory.resolve("filler");
		try (OutputStream output = Files.newOutputStream(filler, StandardOpenOption.CREATE)) {
			byte[] block = new byte[(int) BLOCK];
			while (directory.toFile().getUsableSpace() >= free + BLOCK) {
				output.write(block);
			}
		}
		return filler;
	}

	private static void fillUpUnchecked(Path directory) {
		try {
			fillUp(directory, 0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void useUpInodes(Path directory) {
		try {
			for (int i = 0;; i++) {
				Files.createFile(directory.resolve("filler" + i));
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("No space left");
		}
	}

	/**
	 * When the disk is full.
	 */
	private enum Stage {

		STAGING, FIRST_PAGE, LATER_PAGE, NAMING

	}

	/**
	 * Takes snapshots in a process whose files must not become larger than so many bytes.
	 */
	static final class LimitedBackups {

		public static void main(String[] args) throws Exception {
			Path database = Path.of(args[0]);
			Path directory = database.resolveSibling("backups");
			SqliteBackupService service = BackupServices.service(database);
			assertThat(FaultyBackup.attempt(service)).isNull();
			BackupDirectory.remove(directory);
			long size = Files.size(database);
			for (String bytes : args[1].split(",")) {
				long limit = Long.parseLong(bytes);
				limitFileSize(bytes);
				BackupException failure = FaultyBackup.attempt(service);
				FaultyBackup.migrate(service);
				limitFileSize("unlimited");
				assertThat(BackupDirectory.leftovers(directory)).isEmpty();
				if (failure != null) {
					assertThat(limit).isLessThan(size + PIECE);
					assertThat(BackupDirectory.published(directory)).isEmpty();
				}
				else {
					assertThat(limit).isGreaterThanOrEqualTo(size);
					FaultyBackup.assertPublishedAreSound(directory);
					BackupDirectory.remove(directory);
				}
			}
		}

		private static void limitFileSize(String bytes) throws Exception {
			assertThat(Programs.run("prlimit", "--pid", String.valueOf(ProcessHandle.current().pid()),
					"--fsize=" + bytes + ":unlimited"))
				.isTrue();
		}

	}

}
