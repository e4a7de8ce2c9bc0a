/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests that what was there is still there when there is no room to restore.
 */
@EnabledOnOs(OS.LINUX)
class RestoreNoRoomTests {

	private static final int KIBIBYTE = 1024;

	/**
	 * Some 1.3 MB.
	 */
	private static final int ROWS = 60_000;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(Before.class)
	void keepsWhatWasThereWhenFilesCannotGrow(Before before) throws Exception {
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), ROWS);
		int size = (int) (Files.size(snapshot) / KIBIBYTE);
		int failed = 0;
		int step = Campaign.scale("no-room-step", size * 2);
		for (int limit = size * 3 / 5; limit < size * 2; limit += step) {
			Path database = before.make(Files.createDirectory(this.temp.resolve("limit-" + limit)).resolve("app.db"));
			State state = State.of(before, database);
			String outcome = Restoring.outcome(
					JavaProcess.startWithFileLimit(limit, Restoring.class, database.toString(), snapshot.toString()));
			failed += assertOutcome("limit " + limit, outcome, state, database) ? 0 : 1;
		}
		assertThat(failed).isPositive();
	}

	@ParameterizedTest
	@EnumSource(Before.class)
	void keepsWhatWasThereWhenVolumeIsFull(Before before) throws Exception {
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), ROWS);
		Path volume = Files.createDirectory(this.temp.resolve("volume"));
		assumeThat(run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", volume.toString()))
			.as("a file system can be mounted, which takes root")
			.isZero();
		try {
			List<String> outcomes = new ArrayList<>();
			int afterKeeping = 0;
			for (int free = 1; free <= 20; free += Campaign.scale("no-room-free", free * 2)) {
				Path directory = Files.createDirectory(volume.resolve("free-" + free));
				Path database = before.make(directory.resolve("app.db"));
				State state = State.of(before, database);
				Path filler = volume.resolve("filler");
				fill(filler, volume.toFile().getUsableSpace() - free * 512L * KIBIBYTE);
				String outcome;
				try {
					BackupServices.service(database).restore(snapshot, true);
					outcome = Restoring.DONE;
				}
				catch (BackupException ex) {
					outcome = ex.getClass().getSimpleName() + ": " + ex.getMessage();
				}
				Files.delete(filler);
				if (!assertOutcome("free " + free, outcome, state, database)) {
					afterKeeping += BackupDirectory.published(directory.resolve("backups")).size();
				}
				outcomes.add(outcome);
				assertThat(run("rm", "-r", directory.toString())).isZero();
			}
			assertThat(outcomes).contains(Restoring.DONE).anyMatch((outcome) -> outcome.startsWith("NoRoomException"));
			if (before.isLarge()) {
				assertThat(afterKeeping).as("failures after what was there had been kept").isPositive();
			}
		}
		finally {
			assertThat(run("umount", volume.toString())).isZero();
		}
	}

	/**
	 * Check that it either was restored or is what it was.
	 * @return whether it was restored
	 */
	private static boolean assertOutcome(String what, String outcome, State state, Path database) {
		assertThat(BackupDirectory.regularFiles(database.resolveSibling("backups"))).as(what)
			.noneMatch((file) -> file.getFileName().toString().startsWith("."));
		assertThat(BackupDirectory.regularFiles(database.resolveSibling(""))).as(what)
			.noneMatch((file) -> file.getFileName().toString().startsWith("."));
		if (outcome.equals(Restoring.DONE)) {
			assertThat(TestDatabase.query(database, "SELECT count(*) FROM item")).as(what)
				.containsExactly(String.valueOf(ROWS));
			assertThat(TestDatabase.check(database)).as(what).containsExactly("ok");
			return true;
		}
		assertThat(outcome).as(what).contains("Exception: ").matches("(?s).*\\. [A-Z].*\\.\\s*");
		assertThat(State.of(state.before(), database)).as(what + ", " + outcome).isEqualTo(state);
		return false;
	}

	private static void fill(Path filler, long bytes) throws IOException, InterruptedException {
		Files.createFile(filler);
		if (bytes > 0) {
			run("fallocate", "-l", String.valueOf(bytes), filler.toString());
		}
	}

	private static int run(String... command) throws IOException, InterruptedException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
	}

	/**
	 * What a restore finds.
	 */
	enum Before {

		SMALL_WAL, SMALL_ROLLBACK_JOURNAL, OTHER_PAGE_SIZE, LARGE_WAL, LARGE_ROLLBACK_JOURNAL, NO_DATABASE, MISSING;

		Path make(Path file) throws IOException {
			switch (this) {
				case SMALL_WAL -> TestDatabase.create(file, 10, "journal_mode = WAL");
				case SMALL_ROLLBACK_JOURNAL -> TestDatabase.create(file, 10);
				case OTHER_PAGE_SIZE -> TestDatabase.create(file, 10, "page_size = 8192", "journal_mode = WAL");
				case LARGE_WAL -> TestDatabase.create(file, ROWS / 2, "journal_mode = WAL");
				case LARGE_ROLLBACK_JOURNAL -> TestDatabase.create(file, ROWS / 2);
				case NO_DATABASE -> Files.writeString(file, "Dear diary, ".repeat(1000));
				default -> {
				}
			}
			return file;
		}

		boolean isLarge() {
			return this == LARGE_WAL || this == LARGE_ROLLBACK_JOURNAL;
		}

	}

	/**
	 * What is there.
	 */
	private record State(Before before, Map<String, String> files, List<String> rows, List<String> check, String mode) {

		static State of(Before before, Path database) {
			if (before == Before.NO_DATABASE || before == Before.MISSING) {
				return new State(before, Restoring.contents(database.resolveSibling("")), List.of(), List.of(), "");
			}
			return new State(before, Map.of(), TestDatabase.items(database), TestDatabase.check(database),
					TestDatabase.journalMode(database));
		}

	}

}
