/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.MigrationGuards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that only a database that does not exist, or has no bytes, is nothing to back up.
 * One that cannot be looked at may be full.
 */
class DatabaseThatCannotBeLookedAtTests {

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isErrorThatSaysWhichFileAndWhy(Obstacle obstacle) throws Exception {
		Path database = obstacle.make(this.temp);
		SqliteBackupService service = BackupServices.service(database);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(database.toString())
			.withMessageContaining(obstacle.words);
		assertThatExceptionOfType(BackupException.class).isThrownBy(service::hasData);
		assertThatExceptionOfType(BackupException.class).isThrownBy(service::openState);
		assertThat(Files.exists(database.resolveSibling("backups"))).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isErrorWhenItsUrlIsGiven(Obstacle obstacle) throws Exception {
		Path database = obstacle.make(this.temp);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> BackupServices
				.service(SqliteDatabase.of("jdbc:sqlite:" + database), BackupServices.settings())
				.backup("x"))
			.withMessageContaining(obstacle.words);
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNotRestoredOver(Obstacle obstacle) throws Exception {
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 3);
		Path database = obstacle.make(this.temp);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> BackupServices.service(database).restore(snapshot, true))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(obstacle.words);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void isErrorWhenItsDirectoryMayNotBeEntered() throws Exception {
		Path closed = Files.createDirectory(this.temp.resolve("closed"));
		Path database = TestDatabase.create(closed.resolve("app.db"), 3);
		Files.setPosixFilePermissions(closed, Set.of());
		Path theirs = TestDatabase.create(this.temp.resolve("theirs.db"), 3);
		boolean mayGiveAway = "root".equals(System.getProperty("user.name"));
		if (mayGiveAway) {
			Files.setAttribute(theirs, "unix:uid", 65_534);
		}
		Files.setPosixFilePermissions(theirs, mayGiveAway ? PosixFilePermissions.fromString("rw-------") : Set.of());
		try {
			String owner = mayGiveAway
					? " (it belongs to " + Files.getOwner(theirs).getName() + ", but the process runs as root)." : ".";
			assertThat(answer(JavaProcess.startWithoutPrivileges(Asker.class, "jdbc:sqlite:" + database,
					"jdbc:sqlite:" + theirs, theirs.toString()))
				.lines())
				.satisfiesExactly(
						(line) -> assertThat(line)
							.startsWith("The database " + database + " could not be examined (access denied)")
							.doesNotContain("disk"),
						(line) -> assertThat(line).startsWith("The database " + theirs + " could not be opened")
							.endsWith(owner.replace("it belongs", theirs + " belongs")),
						(line) -> assertThat(line)
							.startsWith("The file " + theirs + " could not be checked, because it cannot be opened")
							.doesNotContain("disk")
							.endsWith("that this process can read it" + owner));
		}
		finally {
			Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
		}
	}

	/**
	 * To such a process, all that is not ASCII is a question mark.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "jdbc:sqlite:%s", "jdbc:sqlite:file:%s", "sqlite:///%s" })
	@EnabledOnOs(OS.LINUX)
	void isErrorWhenProcessCannotExpressItsName(String url) throws Exception {
		assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this process can express it");
		Path database = TestDatabase
			.create(Files.createDirectory(this.temp.resolve("d\u00e4t\u00e4")).resolve("app.db"), 3);
		assertThat(answer(JavaProcess.start(Map.of("LC_ALL", "C"), List.of(), Asker.class, url.formatted(database))))
			.startsWith("The name of the file ")
			.contains("LC_ALL=C.UTF-8");
	}

	/**
	 * The driver looks for it where Java takes itself to be.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void isErrorWhenProcessCannotExpressItsWorkingDirectory() throws Exception {
		assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this process can express it");
		Path directory = Files.createDirectory(this.temp.resolve("d\u00e4t\u00e4"));
		TestDatabase.create(directory.resolve("app.db"), 3);
		assertThat(answer(JavaProcess.startIn(directory, Map.of("LC_ALL", "C"), Asker.class, "jdbc:sqlite:app.db")))
			.startsWith("The name of the file ")
			.contains("LC_ALL=C.UTF-8");
	}

	private static String answer(Process process) throws Exception {
		String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		return answer;
	}

	@Test
	void isWarnedOfBeforeMigration() throws Exception {
		Path database = Obstacle.CIRCLE_OF_LINKS.make(this.temp);
		MigrationGuard guard = new MigrationGuard(
				MigrationGuards.settings(MigrationSettings.When.ALWAYS, OnBackupFailure.CONTINUE, false));
		assertThat(guard.beforeChange(BackupServices.service(database), SnapshotReason.FLYWAY, () -> true)).isEmpty();
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).startsWith("NO SNAPSHOT")
				.contains(database.toString()));
	}

	@Test
	void isNothingToBackUpWhenItDoesNotExist() {
		assertThat(BackupServices.service(this.temp.resolve("none/app.db")).backup("x"))
			.isInstanceOf(BackupResult.NothingToBackUp.class);
	}

	@Test
	void isNothingToBackUpWhenItHasNoBytes() throws IOException {
		assertThat(BackupServices.service(Files.createFile(this.temp.resolve("app.db"))).backup("x"))
			.isInstanceOf(BackupResult.NothingToBackUp.class);
	}

	@Test
	void isNothingToBackUpWhenLinkLeadsNowhere() throws IOException {
		Path link = Files.createSymbolicLink(this.temp.resolve("app.db"), this.temp.resolve("none.db"));
		assertThat(BackupServices.service(link).backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
	}

	/**
	 * Takes a snapshot of each URL, checks each file, and says why it cannot, or what
	 * came of it.
	 */
	static final class Asker {

		public static void main(String[] args) {
			for (String arg : args) {
				try {
					System.out.println(arg.contains(":")
							? BackupServices.service(SqliteDatabase.of(arg), BackupServices.settings()).backup("x")
							: SnapshotVerifier.verify(Path.of(arg), VerificationMode.QUICK, (bytes, total) -> {
							}));
				}
				catch (BackupException ex) {
					System.out.println(ex.getMessage());
				}
			}
		}

	}

	/**
	 * What keeps from looking at a database, also the user who may do anything.
	 */
	enum Obstacle {

		CIRCLE_OF_LINKS("could not be examined") {

			@Override
			Path make(Path directory) throws IOException {
				Path database = directory.resolve("app.db");
				return Files.createSymbolicLink(database, Path.of("app.db"));
			}

		},

		FILE_ON_THE_WAY("could not be examined") {

			@Override
			Path make(Path directory) throws IOException {
				return Files.createFile(directory.resolve("file")).resolve("app.db");
			}

		},

		NAME_THAT_IS_TOO_LONG("could not be examined") {

			@Override
			Path make(Path directory) {
				return directory.resolve("x".repeat(300) + ".db");
			}

		},

		DIRECTORY("a directory") {

			@Override
			Path make(Path directory) throws IOException {
				return Files.createDirectory(directory.resolve("app.db"));
			}

		},

		PIPE("a pipe, a socket or a device") {

			@Override
			Path make(Path directory) throws Exception {
				Path database = directory.resolve("app.db");
				Programs.need("mkfifo", database.toString());
				return database;
			}

		},

		LINK_TO_DEVICE("a pipe, a socket or a device") {

			@Override
			Path make(Path directory) throws IOException {
				Path device = Path.of("/dev/zero");
				assumeTrue(Files.exists(device), "there is a device");
				return Files.createSymbolicLink(directory.resolve("app.db"), device);
			}

		};

		final String words;

		Obstacle(String words) {
			this.words = words;
		}

		abstract Path make(Path directory) throws Exception;

	}

}
