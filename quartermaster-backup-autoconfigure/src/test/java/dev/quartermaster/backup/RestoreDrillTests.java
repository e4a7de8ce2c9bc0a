/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RestoreDrill}.
 */
class RestoreDrillTests {

	@TempDir
	private Path directory;

	private Path database;

	private final List<DrillResult> heard = new ArrayList<>();

	private SqliteBackupService service;

	@BeforeEach
	void createDatabase() throws Exception {
		this.database = this.directory.toRealPath().resolve("app.db");
		this.service = new SqliteBackupService(SqliteDatabase.of(this.database), BackupServices.settings(),
				new BackupListener() {

					@Override
					public void onDrilled(DrillResult result) {
						RestoreDrillTests.this.heard.add(result);
					}

				});
	}

	@Test
	void saysHowLongItTookAndWhatWasChecked() {
		Migrations.atFirst(this.database);
		Migrations.migrate(this.database, Migrations.FIRST_AND_SECOND);
		Path snapshot = snapshot();
		DrillResult result = drill(snapshot);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.PASSED);
		assertThat(result.summary()).matches("restored \\d+ KB in \\d+\\.\\d s, full check ok, schema 2");
		assertThat(result.snapshot()).isEqualTo(snapshot);
		assertThat(result.database()).isEqualTo(this.database);
		assertThat(this.heard).containsExactly(result);
	}

	@Test
	void findsWhatOnlyTheFullCheckFinds() {
		TestDatabase.create(this.database, 3);
		TestDatabase.execute(this.database, "CREATE INDEX item_name ON item (name)", "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX item_name ON item (id)' WHERE name = 'item_name'");
		DrillResult result = drill(snapshot());
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).startsWith("restored ").contains("full check: ", "item_name");
	}

	@Test
	void findsTableThatHasNotAsManyRowsAsWhenTheSnapshotWasTaken() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		TestDatabase.execute(snapshot, "DELETE FROM item WHERE id = 1");
		DrillResult result = drill(snapshot);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).contains("the table item has 2 rows instead of 3");
	}

	@Test
	void findsTableThatIsMissing() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		TestDatabase.execute(snapshot, "DROP TABLE item");
		DrillResult result = drill(snapshot);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).contains("the table item is missing");
	}

	@Test
	void snapshotWithoutManifestPasses() throws Exception {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		Files.delete(SnapshotName.manifestOf(snapshot));
		assertThat(drill(snapshot).outcome()).isEqualTo(DrillResult.Outcome.PASSED);
	}

	@Test
	void whatCannotBeVerifiedHasNotFailed() {
		TestDatabase.createWithOwnCollation(this.database);
		DrillResult result = drill(snapshot());
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.UNVERIFIABLE);
		assertThat(result.summary()).startsWith("restored ").contains("cannot be verified here");
	}

	@Test
	void damagedSnapshotFails() {
		TestDatabase.create(this.database, 1000);
		Path snapshot = snapshot();
		TestDatabase.truncate(snapshot, snapshot.toFile().length() / 2);
		DrillResult result = drill(snapshot);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).startsWith("it could not be restored: The snapshot " + snapshot + " is damaged");
		assertThat(this.heard).containsExactly(result);
	}

	@Test
	void missingRoomTellsNothingAboutTheSnapshotAndIsSaid() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		SqliteBackupService demanding = BackupServices.service(SqliteDatabase.of(this.database), new BackupSettings(
				null, VerificationMode.QUICK, Duration.ofSeconds(10), ZoneOffset.UTC, Long.MAX_VALUE));
		DrillResult result = RestoreDrill.of(demanding, List.of()).run(snapshot);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.NOT_MADE);
		assertThat(result.summary()).startsWith("there was no drill: ")
			.contains("not enough free space for a restore drill");
		assertNothingLeft();
	}

	@Test
	void databaseItselfIsNotDrilled() throws Exception {
		TestDatabase.create(this.database, 3);
		Path link = Files.createLink(this.directory.resolve("link.db"), this.database);
		assertThat(drill(link).summary()).contains("is the database itself");
	}

	@Test
	void checksOfTheApplicationLookAtWhatWasRestored() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		List<RestoredSnapshot> looked = new ArrayList<>();
		SnapshotCheck good = (restored) -> {
			looked.add(restored);
			try (var connection = restored.dataSource().getConnection(); var statement = connection.createStatement()) {
				assertThat(statement.executeUpdate("DELETE FROM item")).isEqualTo(3);
			}
		};
		SnapshotCheck bad = (restored) -> {
			throw new IllegalStateException("no item has a price");
		};
		assertThat(drill(snapshot, good).outcome()).isEqualTo(DrillResult.Outcome.PASSED);
		assertThat(looked).singleElement().satisfies((restored) -> {
			assertThat(restored.snapshot()).isEqualTo(snapshot);
			assertThat(restored.database()).isEqualTo(this.database);
		});
		assertThat(TestDatabase.items(snapshot)).hasSize(3);
		DrillResult result = drill(snapshot, good, bad);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).endsWith(": a check of the application: no item has a price");
		assertThat(drill(snapshot, new PriceCheck()).summary())
			.endsWith(": PriceCheck: java.lang.IllegalStateException");
	}

	@Test
	void restoredFileCanBeRemovedBeforeAnythingIsInIt() {
		TestDatabase.create(this.database, 3);
		DrillResult result = RestoreDrill.of(this.service, List.of()).run(snapshot(), Runnable::run);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertNothingLeft();
	}

	@Test
	void drillOfSnapshotThatIsRemovedMeanwhileWasNotMade() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		DrillResult result = RestoreDrill.of(this.service, List.of()).run(snapshot, (removal) -> {
			try {
				Files.delete(snapshot);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.NOT_MADE);
		assertThat(drill(snapshot).outcome()).isEqualTo(DrillResult.Outcome.FAILED);
	}

	@Test
	void interruptedDrillIsNotToldAsOneThatWasNotMade() {
		TestDatabase.create(this.database, 3);
		Path snapshot = snapshot();
		SqliteBackupService demanding = BackupServices.service(SqliteDatabase.of(this.database), new BackupSettings(
				null, VerificationMode.QUICK, Duration.ofSeconds(10), ZoneOffset.UTC, Long.MAX_VALUE));
		Thread.currentThread().interrupt();
		try {
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> RestoreDrill.of(demanding, List.of()).run(snapshot))
				.withMessageContaining("was ended");
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	private Path snapshot() {
		return BackupServices.backup(this.service, null).snapshot().file();
	}

	private DrillResult drill(Path snapshot, SnapshotCheck... checks) {
		byte[] before = TestDatabase.bytes(this.database);
		DrillResult result = RestoreDrill.of(this.service, List.of(checks)).run(snapshot);
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(before);
		assertNothingLeft();
		return result;
	}

	private void assertNothingLeft() {
		assertThat(BackupDirectory.leftovers(this.service.directory())).isEmpty();
	}

	/**
	 * Fails without a message.
	 */
	private static final class PriceCheck implements SnapshotCheck {

		@Override
		public void check(RestoredSnapshot restored) {
			throw new IllegalStateException();
		}

	}

}
