/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.SettableClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link SnapshotRetention} ends when its time is over, whatever it is at.
 */
@SuppressWarnings("NullAway.Init")
class RetentionDeadlineTests {

	@TempDir
	private Path temp;

	private final SettableClock clock = new SettableClock(Instant.parse("2026-04-17T11:57:19Z"));

	private Path database = Path.of("");

	@Test
	void checkEndsInTheMiddle() {
		SnapshotRetention retention = take(8, 2, VerificationMode.NONE);
		boolean[] over = { false };
		SnapshotRetention.Done done = retention.run(deadline(() -> over[0] |= isCheckGoingOn()));
		assertThat(over).containsExactly(true);
		assertThat(done.result().removed()).isEmpty();
		assertThat(done.decisions()).extracting(RetentionDecision::why).contains("there was no time to check it");
		Path kept = BackupDirectory.published(this.database.resolveSibling("backups")).get(1);
		assertThat(outcome(kept)).as("what did not come to its end").isEqualTo("none");
		assertThat(retention.run(Deadline.NEVER).result().removed()).hasSize(1);
		assertThat(outcome(kept)).as("need not be checked again").isEqualTo("sound");
	}

	private static String outcome(Path snapshot) {
		return SnapshotManifests.find(snapshot).orElseThrow().verification().outcome();
	}

	@Test
	void removalsEndInTheMiddle() {
		SnapshotRetention retention = take(1, 6, VerificationMode.QUICK);
		Path directory = this.database.resolveSibling("backups");
		SnapshotRetention.Done done = retention.run(deadline(() -> BackupDirectory.published(directory).size() < 5));
		assertThat(done.result().removed()).hasSize(2);
		assertThat(retention.run(Deadline.NEVER).result().removed()).hasSize(3);
	}

	private SnapshotRetention take(int megabytes, int snapshots, VerificationMode verification) {
		this.database = Ledger.create(this.temp.resolve("app.db"), megabytes, "DELETE");
		BackupSettings settings = BackupServices.settings(null, verification)
			.withRetention(new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 1, 0));
		BackupContext context = BackupContext.of(SqliteDatabase.of(this.database), settings, BackupListener.NONE)
			.withClock(this.clock);
		BackupContext keepingAll = context.withSettings(settings.withRetention(RetentionPolicy.NONE));
		for (int i = 0; i < snapshots; i++) {
			TestDatabase.execute(this.database, "UPDATE moved SET times = times + 1");
			Backup.ifChanged(keepingAll, BackupPurpose.of(SnapshotReason.FLYWAY));
			this.clock.advance(Duration.ofDays(1));
		}
		return new SnapshotRetention(context);
	}

	private static Deadline deadline(BooleanSupplier over) {
		return Deadline.after(Duration.ofMinutes(1), () -> over.getAsBoolean() ? Duration.ofHours(1).toNanos() : 0);
	}

	private static boolean isCheckGoingOn() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.anyMatch((frame) -> frame.getClassName().equals(CheckSteps.class.getName())));
	}

}
