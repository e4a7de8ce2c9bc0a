/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BackupDirectoryPath}.
 */
class BackupDirectoryPathTests {

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "~", "~/b", "~user/b", "$HOME/b", "${HOME}/b", "/srv/$USER/b", "%USERPROFILE%/b",
			"s3://bucket/b", "http://host/b", "https://host/b", "classpath:b", "jdbc:sqlite:b" })
	void isRefusedWithWhatToDoWhereSnapshotIsTaken(String text) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(BackupSettings.directory(text), VerificationMode.QUICK));
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("an absolute path");
		assertThatExceptionOfType(BackupException.class).isThrownBy(service::list);
		assertThat(Path.of(text)).doesNotExist();
	}

	@ParameterizedTest
	@CsvSource({ "/srv/b,/srv/b", "b,b", "./~b,./~b", "/srv/~b,/srv/~b", "C$,C$", "file:/srv/b,/srv/b",
			"file:///srv/b,/srv/b", "file://localhost/srv/b,/srv/b", "file:b,b", "file:./b,b",
			"FILE:/srv/my%20b,/srv/my b", "' /srv/b ',/srv/b", "./s3:b,./s3:b" })
	void isThePathThatIsMeant(String text, String path) {
		Path database = Path.of("/data/app.db");
		assertThat(
				BackupServices.settings(BackupSettings.directory(text), VerificationMode.QUICK).directoryFor(database))
			.isEqualTo(Path.of(path).toAbsolutePath().normalize());
	}

	@Test
	void isBesideTheDatabaseByDefault() {
		assertThat(BackupSettings.DEFAULTS.directoryFor(Path.of("/data/app.db"))).isEqualTo(Path.of("/data/backups"));
	}

}
