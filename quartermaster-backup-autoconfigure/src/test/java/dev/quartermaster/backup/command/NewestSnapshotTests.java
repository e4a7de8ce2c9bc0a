/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.Optional;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is said of the newest snapshot to who goes back to it.
 */
@ExtendWith(OutputCaptureExtension.class)
class NewestSnapshotTests {

	@TempDir
	private Path temp;

	private Path database;

	private SqliteBackupService service;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.service = BackupServices.service(this.database);
	}

	@Test
	void nothingIsSaidOfOneThatDiffersFromDatabase() {
		BackupServices.backup(this.service, "first");
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(about()).isEmpty();
	}

	@Test
	void thatDatabaseAlreadyIsSoIsSaidWithNewestThatDiffers() {
		Snapshot first = BackupServices.backup(this.service, "first").snapshot();
		TestDatabase.execute(this.database, "DELETE FROM item");
		Snapshot second = BackupServices.backup(this.service, "second").snapshot();
		Snapshot same = BackupServices.backup(this.service, "third").snapshot();
		assertThat(second.file()).hasSameBinaryContentAs(same.file());
		assertThat(about())
			.contains("The database is already the same as " + same.name() + ". The newest snapshot that differs is "
					+ first.name() + ". To restore it:" + RestoreCommandLine.below(first.file(), this.database, ""));
	}

	@Test
	void thatNoneDiffersIsSaid() {
		BackupServices.backup(this.service, "first");
		assertThat(about())
			.hasValueSatisfying((text) -> assertThat(text).endsWith("There is no snapshot that differs."));
	}

	@Test
	void snapshotFromBeforeStartThatFailedIsNamed() {
		Snapshot before = BackupServices.backup(this.service, "before").snapshot();
		this.service.bookmark().set(before);
		TestDatabase.execute(this.database, "DELETE FROM item");
		BackupServices.backup(this.service, "left");
		TestDatabase.execute(this.database, "CREATE TABLE more (id)");
		assertThat(about())
			.hasValueSatisfying((text) -> assertThat(text).startsWith("An earlier start of the application")
				.endsWith("The snapshot taken before that is " + before.name() + ". To restore it:"
						+ RestoreCommandLine.below(before.file(), this.database, "")));
		this.service.restore(before.file(), false);
		assertThat(this.service.bookmark().snapshot()).isEmpty();
	}

	/**
	 * As after {@code restore latest} when the start that failed left no snapshot.
	 */
	@Test
	void newestThatIsItselfFromBeforeStartThatFailedIsNotSuggestedInItsOwnPlace() {
		Snapshot first = BackupServices.backup(this.service, "first").snapshot();
		TestDatabase.execute(this.database, "DELETE FROM item");
		Snapshot before = BackupServices.backup(this.service, "before").snapshot();
		this.service.bookmark().set(before);
		assertThat(about()).hasValueSatisfying((text) -> assertThat(text).doesNotContain("An earlier start")
			.contains("The newest snapshot that differs is " + first.name()));
		TestDatabase.execute(this.database, "CREATE TABLE more (id)");
		assertThat(about()).isEmpty();
	}

	@Test
	void emptyDatabaseNamesWhatLatestTakes(CapturedOutput output) {
		Snapshot first = BackupServices.backup(this.service, "first").snapshot();
		TestDatabase.execute(this.database, "DELETE FROM item");
		this.service.restore(first.file(), false);
		assertThat(this.service.list().get(0).isReplacedState()).isTrue();
		TestDatabase.execute(this.database, "DROP TABLE item", "VACUUM");
		TestDatabase.truncate(this.database, 0);
		assertThat(this.service.backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(output).contains("restore the newest one, " + first.file() + ":"
				+ RestoreCommandLine.below(first.file(), this.database, ""));
	}

	private Optional<String> about() {
		Snapshot newest = this.service.list().stream().filter(Snapshot::isCandidate).findFirst().orElseThrow();
		return new NewestSnapshot(this.service, newest).remarks();
	}

}
