/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.UUID;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.FileSystemWithoutLinksAndLocks;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that whatever kind of file lies under a name that we give, nobody waits for it,
 * no link is followed, and there is a snapshot.
 */
@Tag("process")
class ForeignFilesTests {

	private static final int ROWS = 100;

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-04-17T11:57:19Z"), ZoneOffset.UTC);

	private static final LocalDateTime NOW = LocalDateTime.now(CLOCK);

	private static Process prober;

	private static PrintStream toProber;

	private static BufferedReader fromProber;

	@TempDir
	private Path temp;

	@BeforeAll
	static void startProber() throws IOException {
		prober = JavaProcess.start(Prober.class);
		toProber = new PrintStream(prober.getOutputStream(), true);
		fromProber = prober.inputReader();
	}

	@AfterAll
	static void stopProber() throws InterruptedException {
		prober.destroyForcibly().waitFor();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNeitherOpenedNorRemovedNorListed(Kind kind) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		Path directory = Files.createDirectory(this.temp.resolve("backups"));
		List<Path> foreign = new ArrayList<>();
		for (String name : names("app")) {
			foreign.add(kind.make(directory.resolve(name), database, this.temp));
		}
		SqliteBackupService service = service(database);
		Path snapshot;
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			statement.execute("BEGIN IMMEDIATE");
			assertThat(isLockedForOthers(database)).isTrue();
			BackupResult.Created created = BackupServices.backup(service, "x");
			FaultyBackup.migrate(service);
			assertThat(isLockedForOthers(database)).as("the locks of the application").isTrue();
			assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
			snapshot = created.snapshot().file();
			assertThat(snapshot).isRegularFile();
			assertThat(service.list()).filteredOn((listed) -> !listed.live()).containsExactly(created.snapshot());
			statement.execute("COMMIT");
		}
		TestDatabase.execute(database, "DELETE FROM item");
		service.restore(snapshot, false);
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
		// Of a regular file, one name is removed that may be ours: a process that is
		// killed
		// leaves a partial file with a snapshot's name, too, and a note is written anew.
		assertThat(foreign)
			.filteredOn((file) -> kind != Kind.OTHER_NAME_OF_LIVE_DATABASE
					|| !file.toString().matches(".*(\\.partial|-unfinished-app\\.db)"))
			.allSatisfy((file) -> assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue());
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNotReadInPlaceOfTheRecordOfTheOwner(Kind kind) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		Path record = Files.createDirectory(this.temp.resolve("backups")).resolve(".quartermaster-app.owner");
		kind.make(record, database, this.temp);
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			statement.execute("BEGIN IMMEDIATE");
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service(database).backup("x"))
				.satisfies(BackupDirectory::assertClear)
				.withMessageContaining(record.toString());
			assertThat(isLockedForOthers(database)).as("the locks of the application").isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNotReplacedByDamagedDatabaseThatIsSetAside(Kind kind) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		SqliteBackupService service = service(database);
		Path snapshot = BackupServices.backup(service, "x").snapshot().file();
		TestDatabase.overwrite(database, 0, new byte[100]);
		Path aside = SnapshotName.setAside(database, NOW, 1);
		List<Path> foreign = List.of(kind.make(aside, snapshot, this.temp),
				kind.make(aside.resolveSibling(aside.getFileName() + "-wal"), snapshot, this.temp));
		RestoreResult result = service.restore(snapshot, false);
		assertThat(result.setAside()).isEqualTo(SnapshotName.setAside(database, NOW, 2));
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
		assertThat(foreign).allSatisfy((file) -> assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue());
	}

	@ParameterizedTest
	@EnumSource(names = { "DIRECTORY", "FULL_DIRECTORY", "LINK_TO_DIRECTORY" }, mode = EnumSource.Mode.EXCLUDE)
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNoBackupDirectory(Kind kind) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		kind.make(this.temp.resolve("backups"), database, this.temp);
		SqliteBackupService service = service(database);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(this.temp.resolve("backups").toString());
		assertThatExceptionOfType(BackupException.class).isThrownBy(service::list)
			.satisfies(BackupDirectory::assertClear);
	}

	@Test
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNeitherReplacedNorWaitedForWhereThereAreNeitherHardLinksNorLocks() throws Exception {
		Path library = FileSystemWithoutLinksAndLocks.make(this.temp);
		List<String> arguments = new ArrayList<>();
		Map<Path, String> keys = new LinkedHashMap<>();
		for (Kind kind : Kind.values()) {
			Path directory = Files.createDirectories(this.temp.resolve(kind.name()).resolve("backups"));
			Path database = TestDatabase.create(directory.resolveSibling("app.db"), ROWS);
			for (String name : names("app")) {
				kind.make(directory.resolve(name), database, this.temp);
			}
			arguments.add(database.toString());
			Path taken = directory.resolve(SnapshotName.of("app", NOW, SnapshotReason.of("x")).toString());
			keys.put(taken, keyOf(taken));
		}
		Process process = JavaProcess.start(Map.of("LD_PRELOAD", library.toString()), List.of("-Dtest.log.level=OFF"),
				Publisher.class, arguments.toArray(String[]::new));
		assertThat(process.waitFor()).isZero();
		for (Path taken : keys.keySet()) {
			assertThat(keyOf(taken)).as("%s", taken).isEqualTo(keys.get(taken));
		}
	}

	private static SqliteBackupService service(Path database) {
		return new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(database), BackupServices.settings(), BackupListener.NONE)
					.withClock(CLOCK),
				List::of);
	}

	private static String keyOf(Path file) throws IOException {
		return "" + Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
	}

	/**
	 * Return the names that we give.
	 */
	private static List<String> names(String database) {
		String name = ".quartermaster-1-1-" + UUID.randomUUID();
		SnapshotName snapshot = SnapshotName.of(database, NOW, SnapshotReason.of("x"));
		return List.of(name + ".lock", ".quartermaster-1-1-" + UUID.randomUUID() + ".new",
				".quartermaster-1-1-" + UUID.randomUUID() + ".partial", name + ".partial", name + ".partial-journal",
				snapshot.toString(), NameClaim.fileFor(Path.of(snapshot.attempt(2).toString())).toString(),
				SnapshotName.of(database, NOW, SnapshotReason.PRE_RESTORE).toString(),
				".quartermaster-unfinished-" + database + ".db",
				SnapshotName.of(database, NOW.minusDays(1), SnapshotReason.of("older")).toString());
	}

	private static boolean isLockedForOthers(Path database) throws IOException {
		toProber.println(database);
		return fromProber.readLine().equals("locked");
	}

	/**
	 * What somebody may have put in the place of a file of ours.
	 */
	enum Kind {

		DIRECTORY {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createDirectory(file);
			}

		},

		FULL_DIRECTORY {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createDirectories(file.resolve("full"));
			}

		},

		PIPE {

			@Override
			void create(Path file, Path live, Path scratch) throws Exception {
				Programs.need("mkfifo", file.toString());
			}

		},

		LINK_TO_PIPE {

			@Override
			void create(Path file, Path live, Path scratch) throws Exception {
				Path pipe = scratch.resolve("pipe " + UUID.randomUUID());
				PIPE.create(pipe, live, scratch);
				Files.createSymbolicLink(file, pipe);
			}

		},

		SOCKET {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				// A path of more than a hundred characters would be too long for it.
				Path socket = scratch.resolve("s");
				try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
					channel.bind(UnixDomainSocketAddress.of(socket));
				}
				Files.move(socket, file);
			}

		},

		DEVICE {

			@Override
			void create(Path file, Path live, Path scratch) throws Exception {
				Programs.need("mknod", file.toString(), "c", "1", "5");
			}

		},

		LINK_TO_LIVE_DATABASE {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createSymbolicLink(file, live);
			}

		},

		OTHER_NAME_OF_LIVE_DATABASE {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createLink(file, live);
			}

		},

		LINK_TO_NOTHING {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createSymbolicLink(file, scratch.resolve("nothing"));
			}

		},

		LINK_TO_DIRECTORY {

			@Override
			void create(Path file, Path live, Path scratch) throws IOException {
				Files.createSymbolicLink(file, Files.createDirectories(scratch.resolve("directory")));
			}

		};

		Path make(Path file, Path live, Path scratch) throws Exception {
			create(file, live, scratch);
			// Old enough to be removed if it were ours.
			Programs.need("touch", "-h", "-d", "3 days ago", file.toString());
			return file;
		}

		abstract void create(Path file, Path live, Path scratch) throws Exception;

	}

	/**
	 * Tells whether it could lock the databases that it is asked about.
	 */
	static final class Prober {

		public static void main(String[] args) {
			try (Scanner databases = new Scanner(System.in)) {
				while (databases.hasNextLine()) {
					System.out.println(isFree(Path.of(databases.nextLine())) ? "free" : "locked");
				}
			}
		}

		private static boolean isFree(Path database) {
			try (Connection connection = TestDatabase.open(database);
					Statement statement = connection.createStatement()) {
				statement.execute("PRAGMA busy_timeout = 0");
				statement.execute("BEGIN IMMEDIATE");
				return true;
			}
			catch (SQLException ex) {
				return false;
			}
		}

	}

	/**
	 * Takes snapshots of databases, twice each, with a locking of theirs that needs
	 * nothing of the operating system.
	 */
	static final class Publisher {

		public static void main(String[] args) throws Exception {
			FileSystemWithoutLinksAndLocks.require(Path.of(args[0]).resolveSibling("probe"));
			for (String database : args) {
				SqliteBackupService service = new SqliteBackupService(BackupContext
					.of(SqliteDatabase.of("jdbc:sqlite:file:" + database + "?vfs=unix-dotfile"),
							BackupServices.settings(), BackupListener.NONE)
					.withClock(CLOCK), List::of);
				for (int i = 0; i < 2; i++) {
					Snapshot snapshot = BackupServices.backup(service, "x").snapshot();
					assertThat(rows(snapshot.file())).isEqualTo(ROWS);
				}
				assertThat(service.list()).as("%s", database).filteredOn((listed) -> !listed.live()).hasSize(2);
			}
		}

		private static long rows(Path snapshot) throws SQLException {
			try (Connection connection = SqliteConnections.openImmutable(snapshot);
					Statement statement = connection.createStatement();
					ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
				return result.getLong(1);
			}
		}

	}

}
