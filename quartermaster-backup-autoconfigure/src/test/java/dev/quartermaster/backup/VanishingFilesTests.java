/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that a backup directory or a database that goes away or changes under a backup
 * leads to a snapshot that is right or to a clear error, and leaves nothing behind.
 */
class VanishingFilesTests {

	private static final int MEGABYTES = 9;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(Stage.class)
	void directoryRemovedHalfWayIsSaid(Stage stage) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = this.temp.resolve("backups");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> backUp(database, directory, stage))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("disappeared")
			.extracting(BackupException::getMessage)
			.asString()
			.contains("backup directory");
		assertThat(directory).doesNotExist();
		assertThat(FaultyBackup.attempt(BackupServices.service(database))).isNull();
	}

	private static void backUp(Path database, Path directory, Stage stage) throws IOException {
		SnapshotDirectory snapshots = new SnapshotDirectory(directory, directory.resolveSibling("app.db"),
				Clock.systemUTC());
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BackupServices.settings().busyTimeout())) {
			snapshots.prepare(source.state().size(), 0);
			removeIf(stage == Stage.BEFORE_STAGING, directory);
			try (PartialFile partial = snapshots.stage()) {
				removeIf(stage == Stage.BEFORE_COPYING, directory);
				new OnlineCopy(source).to(partial.path(),
						(bytes, total) -> removeIf(stage == Stage.WHILE_COPYING && bytes < total, directory));
				removeIf(stage == Stage.BEFORE_PUBLISHING, directory);
				snapshots.publish(partial, SnapshotName.of("app", LocalDateTime.now(), SnapshotReason.of("x")),
						Optional::empty);
			}
		}
	}

	private static void removeIf(boolean now, Path directory) {
		if (now) {
			BackupDirectory.remove(directory);
		}
	}

	@Test
	void directoryRemovedWhileServiceCopiesIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = this.temp.resolve("backups");
		assertRemovalIsSaid(service(database, whileCopying(() -> BackupDirectory.remove(directory))));
	}

	@Test
	void directoryRemovedWhileServiceChecksIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path directory = this.temp.resolve("backups");
		assertRemovalIsSaid(service(database, new BackupListener() {

			@Override
			public void onCheckProgress(Path file, long bytes, long totalBytes) {
				BackupDirectory.remove(directory);
			}

		}));
	}

	@Test
	void databaseCutToNothingWhileItIsCopiedIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		SqliteBackupService service = service(database, whileCopying(() -> TestDatabase.truncate(database, 0)));
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
			.satisfies(BackupDirectory::assertClear)
			.withMessageStartingWith("The database " + database + " had ")
			.withMessageContaining("was empty when it ended")
			.withMessageNotContaining("Check the disk");
		assertThat(BackupDirectory.published(this.temp.resolve("backups"))).isEmpty();
	}

	@Test
	void whatCouldBeReadIsKeptOfDatabaseCutToNothingWhileItIsCopied() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "WAL");
		SqliteBackupService service = service(database, whileCopying(() -> TestDatabase.truncate(database, 0)));
		assertThat(BackupServices.backup(service, "x").verification()).isInstanceOf(Verification.Corrupt.class);
	}

	private static void assertRemovalIsSaid(SqliteBackupService service) {
		assertThat(FaultyBackup.attempt(service)).isNotNull()
			.hasMessageContaining("backup directory")
			.hasMessageContaining("disappeared");
		FaultyBackup.migrate(service);
		assertThat(service.directory()).doesNotExist();
	}

	@Test
	void directoryRemovedAgainAndAgainIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = this.temp.resolve("backups");
		SqliteBackupService service = BackupServices.service(database);
		int attempts = Campaign.scale("removals", 20);
		Random random = Campaign.random("removals");
		int failures = 0;
		AtomicBoolean stop = new AtomicBoolean();
		CompletableFuture<Void> remover = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				BackupDirectory.remove(directory);
				LockSupport.parkNanos(random.nextInt(50_000_000));
			}
		});
		try {
			for (int i = 0; i < attempts; i++) {
				failures += (FaultyBackup.attempt(service) != null) ? 1 : 0;
				FaultyBackup.migrate(service);
			}
		}
		finally {
			stop.set(true);
			remover.join();
		}
		Campaign.tell("%d of %d backups failed while their directory was removed", failures, attempts);
		assertThat(FaultyBackup.attempt(service)).isNull();
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
		FaultyBackup.assertPublishedAreSound(directory);
	}

	@Test
	void directoryMadeReadOnlyIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = this.temp.resolve("backups");
		SqliteBackupService service = BackupServices.service(database);
		assertThat(FaultyBackup.attempt(service)).isNull();
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
		try {
			assumeTrue(!Files.isWritable(directory), "modes bind everybody but root");
			assertThat(FaultyBackup.attempt(service)).isInstanceOf(BackupException.class)
				.hasMessageContaining("cannot be written to");
			FaultyBackup.migrate(service);
		}
		finally {
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
		}
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
	}

	@Test
	void directoryReplacedByFileIsSaid() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "WAL");
		Path directory = Files.createFile(this.temp.resolve("backups"));
		SqliteBackupService service = BackupServices.service(database);
		assertThat(FaultyBackup.attempt(service)).isInstanceOf(BackupException.class)
			.hasMessageContaining("cannot be written to");
		FaultyBackup.migrate(service);
		assertThat(directory).isEmptyFile();
	}

	@ParameterizedTest
	@EnumSource(Harm.class)
	void databaseHarmedHalfWayIsCopiedAsItWasOrSaid(Harm harm) throws Exception {
		for (String journalMode : List.of("WAL", "DELETE")) {
			Path database = Ledger.create(this.temp.resolve(journalMode + ".db"), MEGABYTES, journalMode);
			SqliteBackupService service = service(database, whileCopying(() -> harm.inflict(database, new Random(1))));
			try {
				BackupResult.Created created = BackupServices.backup(service, "x");
				assertThat(created.verification()).isInstanceOfAny(Verification.Sound.class,
						Verification.Corrupt.class);
				if (created.verification() instanceof Verification.Sound) {
					Ledger.assertWhole(created.snapshot().file(), MEGABYTES);
				}
			}
			catch (BackupException ex) {
				BackupDirectory.assertClear(ex);
				assertThat(ex.getMessage()).contains(database.toString()).doesNotContain("See SQLite's message");
			}
			FaultyBackup.migrate(service);
			assertThat(BackupDirectory.leftovers(service.directory())).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void databaseHarmedAgainAndAgainIsNeverTakenForSound(String journalMode) throws Exception {
		Path intact = Ledger.create(this.temp.resolve("intact.db"), 2, journalMode);
		Path database = this.temp.resolve("app.db");
		Path directory = this.temp.resolve("backups");
		int attempts = Campaign.scale("harms", 20);
		Random random = Campaign.random("%d backups of a database that is harmed, %s".formatted(attempts, journalMode));
		AtomicBoolean stop = new AtomicBoolean();
		Files.copy(intact, database);
		CompletableFuture<Void> culprit = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				Harm.values()[random.nextInt(Harm.values().length)].inflict(database, random);
				replace(intact, database);
				LockSupport.parkNanos(random.nextInt(10_000_000));
			}
		});
		Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
		try {
			SqliteBackupService service = BackupServices.service(database);
			for (int i = 0; i < attempts;) {
				Outcome outcome = outcome(service);
				outcomes.merge(outcome, 1, Integer::sum);
				FaultyBackup.migrate(service);
				if (outcome != Outcome.NOTHING) {
					i++;
				}
			}
		}
		finally {
			stop.set(true);
			culprit.join();
		}
		Campaign.tell("%d backups of a database that is harmed, %s: %s", attempts, journalMode, outcomes);
		assertThat(BackupDirectory.leftovers(directory)).isEmpty();
		assertThat(BackupDirectory.published(directory)).allSatisfy((file) -> assertThat(file).isNotEmptyFile());
	}

	private static SqliteBackupService service(Path database, BackupListener listener) {
		return new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(), listener);
	}

	private static BackupListener whileCopying(Runnable what) {
		return new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				if (bytes < totalBytes) {
					what.run();
				}
			}

		};
	}

	private static Outcome outcome(SqliteBackupService service) {
		try {
			BackupResult result = service.backup("x");
			if (!(result instanceof BackupResult.Created created)) {
				return Outcome.NOTHING;
			}
			if (created.verification() instanceof Verification.Sound) {
				Ledger.assertWhole(created.snapshot().file(), 2);
				return Outcome.SOUND;
			}
			assertThat(created.verification()).isInstanceOf(Verification.Corrupt.class);
			return Outcome.CORRUPT;
		}
		catch (BackupException ex) {
			BackupDirectory.assertClear(ex);
			return Outcome.FAILED;
		}
	}

	private static void replace(Path intact, Path database) {
		try {
			Path whole = Files.copy(intact, database.resolveSibling("next"), StandardCopyOption.REPLACE_EXISTING);
			Files.deleteIfExists(database.resolveSibling(database.getFileName() + "-wal"));
			Files.deleteIfExists(database.resolveSibling(database.getFileName() + "-shm"));
			Files.move(whole, database, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private enum Outcome {

		SOUND, CORRUPT, NOTHING, FAILED

	}

	/**
	 * When the directory goes away.
	 */
	private enum Stage {

		BEFORE_STAGING, BEFORE_COPYING, WHILE_COPYING, BEFORE_PUBLISHING

	}

	/**
	 * What happens to the database.
	 */
	private enum Harm {

		DELETED {

			@Override
			void inflict(Path database, FileChannel channel, Random random) throws IOException {
				Files.delete(database);
			}

		},

		TRUNCATED {

			@Override
			void inflict(Path database, FileChannel channel, Random random) throws IOException {
				channel.truncate(random.nextLong(channel.size()));
			}

		},

		EMPTIED {

			@Override
			void inflict(Path database, FileChannel channel, Random random) throws IOException {
				channel.truncate(0);
			}

		},

		OVERWRITTEN {

			@Override
			void inflict(Path database, FileChannel channel, Random random) throws IOException {
				byte[] garbage = new byte[(int) channel.size()];
				random.nextBytes(garbage);
				channel.write(ByteBuffer.wrap(garbage), 0);
			}

		},

		OVERWRITTEN_BUT_FOR_HEADER {

			@Override
			void inflict(Path database, FileChannel channel, Random random) throws IOException {
				byte[] garbage = new byte[(int) channel.size() - 4096];
				random.nextBytes(garbage);
				channel.write(ByteBuffer.wrap(garbage), 4096);
			}

		};

		void inflict(Path database, Random random) {
			if (!Files.exists(database)) {
				return;
			}
			try (FileChannel channel = FileChannel.open(database, StandardOpenOption.WRITE)) {
				if (channel.size() > 4096) {
					inflict(database, channel, random);
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		abstract void inflict(Path database, FileChannel channel, Random random) throws IOException;

	}

}
