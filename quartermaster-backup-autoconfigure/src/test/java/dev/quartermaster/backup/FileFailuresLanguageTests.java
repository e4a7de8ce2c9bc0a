/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.FaultyBackup;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link FileFailures} in other languages: there is nothing to go by but what
 * the operating system says.
 */
class FileFailuresLanguageTests {

	private static final int NOT_TRANSLATED = 3;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "No space left on device", "There is not enough space on the disk", "Disk quota exceeded",
			"Der zugewiesene Plattenplatz (Quota) ist überschritten", "Débordement du quota d'espace disque",
			"Se ha excedido la cuota de disco", "Schijfquotum is overschreden", "Diskkvot överskriden",
			"Disková kvóta prekročená", "Превышена дисковая квота" })
	void fullVolumeOrUsedUpQuotaIsToldByItsWords(String words) {
		assertThat(FileFailures.isNoRoom(new IOException(words))).isTrue();
		assertThat(FileFailures.isNoRoom(new FileSystemException("file", null, words))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Permission denied", "Input/output error", "Read-only file system", "File too large",
			"File name too long" })
	void otherFailureIsNotTakenForFullVolume(String words) {
		assertThat(FileFailures.isNoRoom(new IOException(words))).isFalse();
		assertThat(FileFailures.isNoRoom(new FileSystemException("quota", null, words))).isFalse();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void failureIsToldInLanguageOfProcess() throws Exception {
		Path locale = this.temp.resolve("de_DE.UTF-8");
		Programs.need("localedef", "-i", "de_DE", "-f", "UTF-8", locale.toString());
		Path volume = Files.createDirectory(this.temp.resolve("volume"));
		Programs.need("mount", "-t", "tmpfs", "-o", "size=16m,nr_inodes=1", "tmpfs", volume.toString());
		try {
			Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
			Process process = JavaProcess.start(Map.of("LC_ALL", "de_DE.UTF-8", "LOCPATH", this.temp.toString()),
					List.of(), German.class, database.toString(), volume.toString());
			int status = process.waitFor();
			assumeTrue(status != NOT_TRANSLATED, "the C library speaks German");
			assertThat(status).isZero();
		}
		finally {
			assertThat(Programs.run("umount", volume.toString())).isTrue();
		}
	}

	/**
	 * Backs up to a full volume, and under a name that is too long, in a process to which
	 * the operating system speaks German.
	 */
	static final class German {

		public static void main(String[] args) throws IOException {
			Path database = Path.of(args[0]);
			Path volume = Path.of(args[1]);
			assertThatExceptionOfType(FileSystemException.class)
				.isThrownBy(() -> Files.createFile(volume.resolve("full")))
				.satisfies(German::exitIfNotTranslated);
			assertThat(FaultyBackup.attempt(BackupServices.service(SqliteDatabase.of(database),
					BackupServices.settings(volume, VerificationMode.QUICK))))
				.isInstanceOf(NoRoomException.class)
				.hasMessageContaining("kein Speicherplatz");
			Path longest = Files.copy(database, database.resolveSibling("x".repeat(240)));
			assertThat(FaultyBackup.attempt(BackupServices.service(longest))).isNotNull()
				.hasMessageContaining("Der Dateiname ist zu lang")
				.hasMessageContaining("Use a shorter reason");
		}

		private static void exitIfNotTranslated(FileSystemException ex) {
			if (String.valueOf(ex.getReason()).contains("No space left")) {
				System.exit(NOT_TRANSLATED);
			}
		}

	}

}
