/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteJDBCLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EnvironmentCheck}.
 */
@EnabledOnOs(OS.LINUX)
class EnvironmentCheckTests {

	private static final SnapshotGrowth NO_GROWTH = new SnapshotGrowth(Clock.systemUTC(),
			(directory) -> new SnapshotGrowth.Volume(0, 0));

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@Test
	void warnsOnceOfDatabaseAndSnapshotsOnFileSystemOfContainer() {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1);
		check(mounts("overlay"), database);
		assertThat(warnings()).singleElement()
			.asString()
			.contains("(overlay)", "lost together with the container",
					"On it: the database " + database + "; the snapshots in " + this.directory.resolve("backups") + ".",
					"Mount a volume", "quartermaster.backup.check-environment=false");
	}

	@Test
	void warnsOnceOfSeveralDatabases() {
		Path first = TestDatabase.create(this.directory.resolve("first.db"), 1);
		Path second = TestDatabase.create(this.directory.resolve("second.db"), 1);
		check(mounts("tmpfs"), first, second);
		assertThat(warnings()).singleElement()
			.asString()
			.contains("(tmpfs)", "in memory", "the databases " + first + ", " + second + "; the snapshots in ");
	}

	@Test
	void warnsOfSnapshotsAloneWhenTheDatabaseIsOnDisk() {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1);
		Path snapshots = this.directory.resolve("memory/backups");
		Mounts mounts = mounts("ext4", "2 1 0:2 / " + this.directory.resolve("memory") + " rw - ramfs ramfs rw");
		check(mounts, BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(snapshots, VerificationMode.QUICK)));
		assertThat(warnings()).singleElement()
			.asString()
			.contains("(ramfs)", "On it: the snapshots in " + snapshots + ".")
			.doesNotContain(database.toString());
	}

	@Test
	void warnsOfDatabaseOnNetworkFileSystem() {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1);
		check(mounts("nfs4"), database);
		assertThat(warnings()).singleElement()
			.asString()
			.contains("(nfs4)", "locks", "On it: the database " + database + ".");
	}

	@Test
	void saysNothingOfSnapshotsOnNetworkFileSystem() {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1);
		Path snapshots = this.directory.resolve("nas/backups");
		Mounts mounts = mounts("ext4", "2 1 0:2 / " + this.directory.resolve("nas") + " rw - cifs //nas/x rw");
		check(mounts, BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(snapshots, VerificationMode.QUICK)));
		assertThat(warnings()).isEmpty();
	}

	@Test
	void saysNothingOfDatabaseThatIsMeantToBeTemporary() {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1);
		new EnvironmentCheck(() -> List.of(BackupServices.service(database)), mounts("tmpfs"), this.directory,
				NO_GROWTH)
			.run();
		assertThat(warnings()).isEmpty();
	}

	@Test
	void saysNothingOfDatabaseOnDisk() {
		check(mounts("ext4"), TestDatabase.create(this.directory.resolve("app.db"), 1));
		assertThat(warnings()).isEmpty();
	}

	@Test
	void saysNothingAndMakesNothingWhereThereIsNoDatabaseYet() {
		check(mounts("ext4"), this.directory.resolve("app.db"));
		assertThat(warnings()).isEmpty();
		assertThat(this.directory).isEmptyDirectory();
	}

	/**
	 * With Spring Boot 4.0 the tests run on a SQLite with the bug.
	 */
	@Test
	void warnsOfWalModeExactlyWhenTheSqliteInUseHasTheBug() throws SQLException {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 1, "journal_mode = WAL");
		try (Connection inUse = TestDatabase.open(database)) {
			assertThat(inUse.isValid(1)).isTrue();
			check(mounts("ext4"), database);
		}
		SqliteVersion version = SqliteVersion.parse(SQLiteJDBCLoader.getVersion()).orElseThrow();
		assertThat(warnings()).hasSize(version.hasWalResetBug() ? 1 : 0)
			.allSatisfy((warning) -> assertThat(warning).contains("SQLite " + version, database.toString(),
					"sqlite-jdbc to 3.51.3.0 or later"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "TRUNCATE" })
	void saysNothingOfOtherJournalModes(String mode) {
		check(mounts("ext4"), TestDatabase.create(this.directory.resolve("app.db"), 1, "journal_mode = " + mode));
		assertThat(warnings()).isEmpty();
	}

	@Test
	void neverFails() {
		new EnvironmentCheck(() -> {
			throw new IllegalStateException("The application is stopping");
		}, mounts("tmpfs"), this.directory.resolve("tmp"), NO_GROWTH).run();
		assertThat(warnings()).isEmpty();
	}

	private void check(Mounts mounts, Path... databases) {
		check(mounts, Stream.of(databases).map(BackupServices::service).toArray(SqliteBackupService[]::new));
	}

	private void check(Mounts mounts, SqliteBackupService... databases) {
		new EnvironmentCheck(() -> List.of(databases), mounts, this.directory.resolve("tmp"), NO_GROWTH).run();
	}

	private static Mounts mounts(String typeOfRoot, String... further) {
		return Mounts.parse(
				Stream.concat(Stream.of("1 0 0:1 / / rw - " + typeOfRoot + " none rw"), Stream.of(further)).toList());
	}

	private List<String> warnings() {
		return this.log.warnings().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
