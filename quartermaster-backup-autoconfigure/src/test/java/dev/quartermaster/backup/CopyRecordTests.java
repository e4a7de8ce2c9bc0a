/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.RecordedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CopyRecord}, with processes that are killed while they copy.
 */
@Tag("process")
class CopyRecordTests {

	private static final SnapshotReason REASON = SnapshotReason.of("flyway");

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Ledger.create(this.temp.resolve("app.db"), 9, "WAL");
	}

	@Test
	void warnsAfterSecondKillInRowAndIsGoneAfterCopyThatEnds() throws Exception {
		kill();
		kill();
		assertThat(record()).exists();
		BackupServices.service(this.database).backupIfChanged(REASON);
		assertThat(warnings()).singleElement()
			.asString()
			.contains("killed the last 2 times", this.database.toString(), "startupProbe", "TimeoutStartSec",
					"quartermaster.backup.check-environment=false");
		assertThat(BackupDirectory.leftovers(record().getParent())).isEmpty();
		BackupServices.service(this.database).backupIfChanged(REASON);
		assertThat(warnings()).hasSize(1);
	}

	@Test
	void saysNothingAfterSingleKill() throws Exception {
		kill();
		assertThat(record()).exists();
		BackupServices.service(this.database).backupIfChanged(REASON);
		assertThat(warnings()).isEmpty();
		assertThat(record()).doesNotExist();
	}

	@Test
	void saysNothingOfKillsThatWereNotInRow() throws Exception {
		for (int i = 0; i < 2; i++) {
			kill();
			BackupServices.service(this.database).backupIfChanged(REASON);
		}
		assertThat(warnings()).isEmpty();
	}

	@Test
	void doesNotCountCopyThatFails() throws Exception {
		kill();
		SqliteBackupService failing = new SqliteBackupService(SqliteDatabase.of(this.database),
				BackupServices.settings(), new BackupListener() {

					@Override
					public void onProgress(Path database, long bytes, long totalBytes) {
						Thread.currentThread().interrupt();
					}

				});
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> failing.backupIfChanged(REASON));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(record()).doesNotExist();
	}

	@Test
	void doesNotCountCopyOnRequest() throws Exception {
		BackupServices.service(this.database).backup("first");
		assertThat(record()).doesNotExist();
		kill();
		kill();
		BackupServices.service(this.database).backup("by hand");
		assertThat(warnings()).isEmpty();
		assertThat(record()).exists();
	}

	@Test
	void leavesThatOfProcessThatIsStillCopying() throws Exception {
		Process other = copying();
		try {
			byte[] content = Files.readAllBytes(record());
			BackupServices.service(this.database).backupIfChanged(REASON);
			assertThat(record()).hasBinaryContent(content);
		}
		finally {
			other.destroyForcibly().waitFor();
		}
	}

	@Test
	void doesNotExistWhenTheEnvironmentIsNotChecked() throws Exception {
		kill();
		kill();
		BackupSettings unchecked = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(10),
				ZoneOffset.UTC, 0, false, ApplicationRelease.UNKNOWN, RetentionPolicy.NONE);
		BackupServices.service(SqliteDatabase.of(this.database), unchecked).backupIfChanged(REASON);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void neverKeepsFromBackingUp() throws Exception {
		Files.createDirectories(record().resolve("not empty"));
		assertThat(BackupServices.service(this.database).backupIfChanged(REASON))
			.isInstanceOf(BackupResult.Created.class);
		assertThat(record().resolve("not empty")).exists();
	}

	@Test
	void isNotCountedFromWhatSomebodyElseWrote() throws Exception {
		Files.createDirectories(record().getParent());
		for (String content : List.of("", "7", "7 ../../x\n", "-1 .quartermaster-1-1-" + UUID.randomUUID() + "\n",
				"7 .quartermaster-1-1-" + UUID.randomUUID())) {
			Files.writeString(record(), content);
			BackupServices.service(this.database).backupIfChanged(REASON);
		}
		assertThat(warnings()).isEmpty();
	}

	private void kill() throws Exception {
		Process process = copying();
		process.destroyForcibly().waitFor();
	}

	private Process copying() throws Exception {
		Process process = JavaProcess.start(Copies.class, this.database.toString());
		assertThat(process.getInputStream().read()).isEqualTo('.');
		return process;
	}

	private Path record() {
		return this.temp.resolve("backups/.quartermaster-copying-app.db");
	}

	private List<String> warnings() {
		return this.log.warnings().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	/**
	 * Stops in the middle of a copy, and says so, until it is killed.
	 */
	static final class Copies {

		public static void main(String[] args) {
			new SqliteBackupService(SqliteDatabase.of(Path.of(args[0])), BackupServices.settings(),
					new BackupListener() {

						@Override
						public void onProgress(Path database, long bytes, long totalBytes) {
							System.out.print('.');
							System.out.flush();
							sleep();
						}

					})
				.backupIfChanged(REASON);
		}

		private static void sleep() {
			try {
				Thread.sleep(Duration.ofMinutes(10).toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
