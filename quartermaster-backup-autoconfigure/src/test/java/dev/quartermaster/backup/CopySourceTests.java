/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.ManualClock;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for when a {@link CopySource} keeps others from writing, and what it lets go of.
 */
class CopySourceTests {

	/**
	 * More than two steps.
	 */
	private static final int MEGABYTES = 17;

	/**
	 * More steps than a copy has that is begun again no more than once.
	 */
	private static final int MANY = 10;

	private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@Test
	void showsMomentWhenItWasOpenedInWriteAheadLogMode() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "WAL");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().writeAheadLog()).isTrue();
			assertThat(Ledger.tryToWrite(database)).isTrue();
			new OnlineCopy(source).to(destination, (bytes, total) -> {
				if (written.size() < MANY) {
					written.add(Ledger.tryToWrite(database));
				}
			});
		}
		assertThat(written).as("is never begun again").containsExactly(true, true, true);
		assertThat(Ledger.moved(destination)).isZero();
		Ledger.assertWhole(destination, MEGABYTES);
		assertThat(Ledger.moved(database)).isEqualTo(1 + written.size());
	}

	@Test
	void isNotHeldWithRollbackJournalUntilItIsBegunAgain() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().writeAheadLog()).isFalse();
			assertThat(Ledger.tryToWrite(database)).isTrue();
			new OnlineCopy(source, new ManualClock()).to(destination, (bytes, total) -> {
				if (bytes < total && written.size() < MANY) {
					written.add(Ledger.tryToWrite(database));
				}
			});
			assertThat(Ledger.tryToWrite(database)).as("is let go of when it is complete").isTrue();
		}
		assertThat(written).containsExactly(true, false, false);
		assertThat(Ledger.moved(destination)).isEqualTo(2);
		Ledger.assertWhole(destination, MEGABYTES);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void letsGoOfWriteAheadLogAsSoonAsItIsComplete() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = WAL");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(OpenState.of(LiveDatabase.of(database))).isEqualTo(OpenState.OPEN);
			new OnlineCopy(source).to(destination, (bytes, total) -> {
			});
			assertThat(OpenState.of(LiveDatabase.of(database))).isEqualTo(OpenState.NOT_OPEN);
		}
	}

	@Test
	void letsGoOfWriteAheadLogWhenCopyFails() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = WAL");
		Path destination = this.temp.resolve("missing").resolve("copy.db");
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> new OnlineCopy(source).to(destination, (bytes, total) -> {
				}));
			assertThat(OpenState.of(LiveDatabase.of(database))).isEqualTo(OpenState.NOT_OPEN);
		}
	}

	@Test
	void letsGoOfDatabaseThatCannotBeRead() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = WAL");
		TestDatabase.execute(database, "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE TABLE item (' WHERE name = 'item'");
		BackupServices.backup(BackupServices.service(database), "x");
		assertThat(OpenState.of(LiveDatabase.of(database))).isNotEqualTo(OpenState.OPEN);
	}

}
