/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests that a snapshot which has become the live database itself is not taken for a
 * snapshot.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class LiveFileTests {

	@TempDir
	private Path temp;

	private Path database;

	private SqliteBackupService service;

	@BeforeEach
	void createDatabase() throws IOException {
		this.database = TestDatabase.create(this.temp.toRealPath().resolve("app.db"), 3);
		this.service = BackupServices.service(this.database);
	}

	@Test
	void snapshotAfterOneWasMovedOverDatabaseIsFileOfItsOwn(CapturedOutput output) throws IOException {
		Path a = backup("a");
		Path b = backup("b");
		Files.move(b, this.database, StandardCopyOption.REPLACE_EXISTING);
		Path c = backup("c");
		assertThat(Files.isSameFile(a, this.database)).isTrue();
		assertThat(Files.isSameFile(c, this.database)).isFalse();
		TestDatabase.execute(this.database, "DELETE FROM item", "VACUUM");
		assertThat(TestDatabase.items(c)).hasSize(3);
		assertThat(this.service.list()).extracting(Snapshot::file, Snapshot::live, Snapshot::isCandidate)
			.containsExactly(tuple(c, false, true), tuple(a, true, false));
		assertThat(output).containsOnlyOnce("hard link")
			.containsPattern("WARN .*Found 1 hard link to the live database \\Q" + this.database
					+ "\\E among its snapshots: \\[\\Q" + a);
	}

	@Test
	void nothingIsUnchangedBecauseOfHardLink() throws IOException {
		Path snapshot = backup("x");
		Files.delete(this.database);
		Files.createLink(this.database, snapshot);
		assertGuarded();
	}

	@Test
	void nothingIsUnchangedBecauseOfSymbolicLink() throws IOException {
		Path snapshot = backup("x");
		Files.delete(this.database);
		Files.createSymbolicLink(this.database, snapshot);
		assertGuarded();
	}

	@Test
	void isNotWhatToGoBackToWhenItsDataIsGone(CapturedOutput output) throws IOException {
		Path snapshot = backup("x");
		Files.delete(this.database);
		Files.createLink(this.database, snapshot);
		Files.write(this.database, new byte[0]);
		assertThat(this.service.backup("y")).isEqualTo(new BackupResult.NothingToBackUp(this.database));
		assertThat(output).contains("Nothing to back up: there is no data in " + this.database + " yet")
			.doesNotContain("although");
	}

	private void assertGuarded() throws IOException {
		assertThat(this.service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOfSatisfying(
				BackupResult.Created.class, (created) -> assertThat(created.snapshot().live()).isFalse());
		Path taken = this.service.list().get(0).file();
		assertThat(Files.isSameFile(taken, this.database)).isFalse();
		assertThat(this.service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOfSatisfying(
				BackupResult.Unchanged.class, (unchanged) -> assertThat(unchanged.snapshot().file()).isEqualTo(taken));
	}

	@Test
	void isNeitherCheckedNorRestoredAsSnapshot() throws IOException {
		Path snapshot = backup("x");
		Files.delete(this.database);
		Files.createLink(this.database, snapshot);
		Path link = Files.createSymbolicLink(this.temp.resolve("link.db"), snapshot);
		for (Path name : List.of(snapshot, this.database, link)) {
			for (Runnable use : List.<Runnable>of(() -> this.service.verify(name, VerificationMode.QUICK),
					() -> this.service.requireSound(name), () -> this.service.restore(name, true))) {
				assertThatExceptionOfType(BackupException.class).isThrownBy(use::run)
					.withMessageContaining("is the database itself")
					.withMessageContaining("choose another one");
			}
		}
		assertThat(this.service.list()).hasSize(1);
		assertThat(TestDatabase.items(this.database)).hasSize(3);
	}

	private Path backup(String reason) {
		return BackupServices.backup(this.service, reason).snapshot().file();
	}

}
