/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.HeartbeatServer;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.RunningThreads;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Heartbeat} and {@link HeartbeatSender}, with a service that listens.
 */
class HeartbeatTests {

	private static final String SENDERS = "quartermaster-heartbeat";

	private static final String SUCCESS = "GET /ping/" + HeartbeatServer.SECRET;

	private static final String FAILURE = "POST /ping/" + HeartbeatServer.SECRET + "/fail";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private HeartbeatServer server = HeartbeatServer.start();

	@BeforeEach
	void setUp() {
		this.database = TestDatabase.create(this.directory.resolve("app.db"), 3);
	}

	@AfterEach
	void secretIsNeverLogged() {
		this.server.close();
		// What they log then is nothing to the next test.
		RunningThreads.awaitEndOf(RunningThreads.named(SENDERS));
		assertThat(this.log.all()).allSatisfy((event) -> {
			assertThat(event.getFormattedMessage()).doesNotContain(HeartbeatServer.SECRET);
			assertThat(String.valueOf(event.getThrowableProxy())).doesNotContain(HeartbeatServer.SECRET);
		});
	}

	@Test
	void eachBackupThatDoesNotFailIsOneCall() {
		try (Heartbeat heartbeat = heartbeat()) {
			SqliteBackupService service = service(this.database, heartbeat);
			service.backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(service.backupIfChanged(SnapshotReason.SCHEDULE)).isInstanceOf(BackupResult.Unchanged.class);
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			service.backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).as("no further one").startsWith(FAILURE);
		}
	}

	@Test
	void failureIsToldWithItsSentence() {
		try (Heartbeat heartbeat = heartbeat()) {
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).startsWith(FAILURE)
				.contains("The backup directory ")
				.contains("cannot be written to")
				.endsWith(".");
		}
	}

	@Test
	void passwordInSentenceIsMasked() {
		try (Heartbeat heartbeat = heartbeat()) {
			heartbeat.listener()
				.onFailure(new BackupException("No connection to jdbc:x://h/d?password=hush", "Look.", null),
						attempt(this.database, BackupTrigger.REQUEST));
			assertThat(this.server.next()).startsWith(FAILURE).contains("password=***").doesNotContain("hush");
		}
	}

	@Test
	void damagedDatabaseIsToldAsFailure() {
		TestDatabase.overwrite(this.database, 4096, new byte[] { 99, 99, 99, 99 });
		try (Heartbeat heartbeat = heartbeat()) {
			service(this.database, heartbeat).backup("x");
			assertThat(this.server.next()).startsWith(FAILURE).contains("is DAMAGED");
		}
	}

	@Test
	void nothingIsSentWhereThereIsNothingToBackUpNorForWhatRestoreKeeps() {
		try (Heartbeat heartbeat = heartbeat()) {
			service(this.directory.resolve("missing.db"), heartbeat).backup("x");
			SqliteBackupService service = service(this.database, heartbeat);
			Path snapshot = BackupServices.backup(service, "y").snapshot().file();
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			TestDatabase.execute(this.database, "DELETE FROM item");
			service.restore(snapshot, false);
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).as("none for the restore").startsWith(FAILURE);
		}
	}

	@Test
	void backupOfOneDatabaseDoesNotCallOffTheAlarmForAnother() throws Exception {
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 3);
		try (Heartbeat heartbeat = heartbeat()) {
			failBackup(other, heartbeat);
			assertThat(this.server.next()).startsWith(FAILURE);
			service(this.database, heartbeat).backup("x");
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).as("not the success before it").startsWith(FAILURE);
			service(this.database, heartbeat).backup("y");
			service(other, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).isEmpty();
		}
	}

	@Test
	void databaseThatHasBecomeEmptyIsToldAsFailureUntilItIsBackedUpAgain() throws Exception {
		try (Heartbeat heartbeat = heartbeat()) {
			SqliteBackupService service = service(this.database, heartbeat);
			service.backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			Files.delete(this.database);
			service.backupIfChanged(SnapshotReason.SCHEDULE);
			assertThat(this.server.next()).startsWith(FAILURE).contains("There is no data in " + this.database);
			TestDatabase.create(this.database, 2);
			service.backupIfChanged(SnapshotReason.SCHEDULE);
			assertThat(this.server.next()).isEqualTo(SUCCESS);
		}
	}

	@Test
	void alarmForDatabaseThatIsGoneAndNeverHadSnapshotIsCalledOff() throws Exception {
		try (Heartbeat heartbeat = heartbeat()) {
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).startsWith(FAILURE);
			Files.delete(this.database);
			service(this.database, heartbeat).backupIfChanged(SnapshotReason.SCHEDULE);
			assertThat(this.server.next()).isEqualTo(SUCCESS);
		}
	}

	@Test
	void backupThatWasEndedIsNoFailure() {
		try (Heartbeat heartbeat = heartbeat()) {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> service(this.database, heartbeat).backup("x"));
			assertThat(Thread.interrupted()).isTrue();
			service(this.database, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).isEmpty();
		}
	}

	@Test
	void answerWithoutEndKeepsNoOtherCallWaiting() {
		this.server.close();
		this.server = HeartbeatServer.startEndless();
		try (Heartbeat heartbeat = heartbeat()) {
			service(this.database, heartbeat).backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			service(this.database, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).as("that has arrived").isEmpty();
		}
	}

	@Test
	void callWithoutAnswerIsGivenUpAndRepeated() {
		this.server.close();
		this.server = HeartbeatServer.startSilent();
		try (Heartbeat heartbeat = heartbeat(this.server.url(), Duration.ofMillis(1), Duration.ofMillis(200))) {
			service(this.database, heartbeat).backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage()).contains("no answer within 200 ms"));
		}
	}

	@Test
	void callThatFailsIsRepeatedUntilItArrives() {
		restart(503, 408, 429);
		try (Heartbeat heartbeat = heartbeat()) {
			service(this.database, heartbeat).backup("x");
			for (int attempt = 1; attempt <= 4; attempt++) {
				assertThat(this.server.next()).isEqualTo(SUCCESS);
			}
			service(this.database, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).isEmpty();
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage())
					.startsWith("The heartbeat of the backups did not reach " + this.server.host() + "/*** (answered"
							+ " with status 503)"));
			assertThat(this.log.ours())
				.filteredOn((event) -> event.getFormattedMessage().startsWith("The heartbeat reaches "))
				.hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404 })
	void callThatIsRefusedForGoodIsNotRepeated(int status) {
		restart(status);
		try (Heartbeat heartbeat = heartbeat()) {
			service(this.database, heartbeat).backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			service(this.database, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).isEmpty();
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage()).contains("status " + status));
		}
	}

	@Test
	void whatIsToldLaterTakesThePlaceOfWhatDidNotArrive() throws Exception {
		restart(503);
		try (Heartbeat heartbeat = heartbeat(this.server.url(), Duration.ofDays(1), PATIENCE)) {
			service(this.database, heartbeat).backup("x");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			failBackup(this.database, heartbeat);
			assertThat(this.server.next()).startsWith(FAILURE);
			service(this.database, heartbeat).backup("y");
			assertThat(this.server.next()).isEqualTo(SUCCESS);
			assertThat(this.server.others()).isEmpty();
		}
	}

	@Test
	void serviceThatDoesNotAnswerKeepsNobodyWaiting() {
		this.server.close();
		this.server = HeartbeatServer.startSilent();
		Heartbeat heartbeat = heartbeat();
		service(this.database, heartbeat).backup("x");
		assertThat(this.server.next()).isEqualTo(SUCCESS);
		for (int i = 0; i < 40; i++) {
			heartbeat.listener().onResult(service(this.database, heartbeat).backupIfChanged(SnapshotReason.SCHEDULE));
		}
		heartbeat.close();
		assertThat(this.server.others()).as("those that are made one after the other").isEmpty();
		assertThat(RunningThreads.named(SENDERS)).isNotEmpty().allMatch(Thread::isDaemon);
		this.server.speak();
		RunningThreads.awaitEndOf(RunningThreads.named(SENDERS));
		assertThat(this.server.others()).as("the latest of all").hasSize(1);
	}

	@Test
	void nobodyThereIsLoggedOnceAndKeepsNobodyWaiting() throws Exception {
		String url = this.server.url();
		this.server.close();
		try (Heartbeat heartbeat = heartbeat(url, Duration.ofMillis(1), PATIENCE)) {
			SqliteBackupService service = service(this.database, heartbeat);
			service.backup("x");
			while (this.log.warnings().isEmpty()) {
				Thread.sleep(10);
			}
			service.backup("y");
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage()).contains("did not reach")
					.contains("(java.net.ConnectException"));
		}
		RunningThreads.awaitEndOf(RunningThreads.named(SENDERS));
	}

	@Test
	void nothingIsSentOnceItIsClosed() {
		Heartbeat heartbeat = heartbeat();
		heartbeat.close();
		service(this.database, heartbeat).backup("x");
		assertThat(RunningThreads.named(SENDERS)).isEmpty();
	}

	private void restart(Integer... answers) {
		this.server.close();
		this.server = HeartbeatServer.start(answers);
	}

	private Heartbeat heartbeat() {
		return heartbeat(this.server.url(), Duration.ofMillis(1), PATIENCE);
	}

	private static Heartbeat heartbeat(String url, Duration pause, Duration patience) {
		return new Heartbeat(new HeartbeatSender(HeartbeatUrl.of(url), List.of(pause), patience),
				(database) -> !BackupServices.service(database).list().isEmpty());
	}

	private static SqliteBackupService service(Path database, Heartbeat heartbeat) {
		return new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(), heartbeat.listener());
	}

	private void failBackup(Path database, Heartbeat heartbeat) {
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(database),
				BackupServices.settings().withDirectory(this.database.resolve("backups")), heartbeat.listener());
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"));
	}

	private static BackupAttempt attempt(Path database, BackupTrigger trigger) {
		return new BackupAttempt(database, SnapshotReason.of("x"), trigger, Duration.ZERO);
	}

}
