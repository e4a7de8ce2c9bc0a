/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.LedgerWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that many threads of many processes can take snapshots of one database into one
 * directory at the same moment, while it is written: each gets its own.
 */
@Tag("process")
class ManyBackupsAtOnceTests {

	/**
	 * More than one step, so that writers get in between.
	 */
	private static final int MEGABYTES = Campaign.scale("many-megabytes", 9);

	private static final int THREADS = Campaign.scale("threads", 4);

	private static final int ABANDONED = 20;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void giveEachItsOwnWholeSnapshot(String journalMode) throws Exception {
		int jvms = Campaign.scale("jvms", 3);
		int rounds = Campaign.scale("rounds", 1);
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path directory = Files.createDirectory(this.temp.resolve("backups"));
		abandonPartials(directory);
		Process living = startHolder(directory, 1);
		try (LedgerWriter writer = LedgerWriter.start(database)) {
			List<Path> ofTheLiving = BackupDirectory.leftovers(directory)
				.stream()
				.filter((file) -> file.getFileName().toString().startsWith(".quartermaster-" + living.pid() + "-"))
				.toList();
			assertThat(ofTheLiving).hasSize(2);

			List<Path> snapshots = backUpAtOnce(database, jvms, rounds);

			writer.stop();
			assertThat(snapshots).hasSize(jvms * THREADS * rounds).doesNotHaveDuplicates();
			assertThat(BackupDirectory.published(directory)).containsExactlyInAnyOrderElementsOf(snapshots);
			assertThat(BackupDirectory.leftovers(directory)).isEqualTo(ofTheLiving);
		}
		finally {
			living.destroyForcibly().waitFor();
		}
		List<Path> published = BackupDirectory.published(directory);
		for (Path snapshot : published) {
			Ledger.assertWhole(snapshot, MEGABYTES);
		}
		Campaign.tell("%d snapshots by %d processes of %d threads, %s", published.size(), jvms, THREADS, journalMode);
	}

	private static void abandonPartials(Path directory) throws Exception {
		startHolder(directory, ABANDONED).destroyForcibly().waitFor();
		assertThat(BackupDirectory.leftovers(directory)).hasSize(2 * ABANDONED);
	}

	private static Process startHolder(Path directory, int partials) throws Exception {
		Process holder = JavaProcess.start(PartialFileHolder.class, directory.toString(), String.valueOf(partials));
		assertThat(holder.getInputStream().read()).isEqualTo('.');
		return holder;
	}

	private static List<Path> backUpAtOnce(Path database, int jvms, int rounds) throws Exception {
		List<Process> processes = new ArrayList<>();
		try {
			for (int i = 0; i < jvms; i++) {
				processes.add(JavaProcess.start(Backups.class, database.toString(), String.valueOf(rounds)));
			}
			for (Process process : processes) {
				assertThat(process.getInputStream().read()).as("ready").isEqualTo('.');
			}
			for (Process process : processes) {
				process.getOutputStream().close();
			}
			List<Path> snapshots = new ArrayList<>();
			for (Process process : processes) {
				String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				output.lines()
					.filter((line) -> line.startsWith("snapshot "))
					.forEach((line) -> snapshots.add(Path.of(line.substring("snapshot ".length()))));
				assertThat(process.waitFor()).as("no backup failed").isZero();
			}
			return snapshots;
		}
		finally {
			processes.forEach(Process::destroyForcibly);
		}
	}

	/**
	 * Takes snapshots with many threads as soon as it is told to, and says which.
	 */
	static final class Backups {

		public static void main(String[] args) throws Exception {
			SqliteBackupService service = BackupServices.service(Path.of(args[0]));
			List<Callable<Path>> backups = new ArrayList<>();
			for (int i = 0; i < THREADS * Integer.parseInt(args[1]); i++) {
				backups.add(() -> BackupServices.backup(service, "at once").snapshot().file());
			}
			ExecutorService threads = Executors.newFixedThreadPool(THREADS);
			System.out.print('.');
			System.out.flush();
			assertThat(System.in.read()).as("the signal to begin").isNegative();
			try {
				for (Future<Path> snapshot : threads.invokeAll(backups)) {
					System.out.println("snapshot " + snapshot.get());
				}
			}
			finally {
				threads.shutdownNow();
			}
		}

	}

}
