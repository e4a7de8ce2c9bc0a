/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.LockedDatabase;
import dev.quartermaster.backup.support.ManualClock;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CopySteps}, whose clock stands still unless it is set forward.
 */
class CopyStepsTests {

	/**
	 * More than two steps.
	 */
	private static final int MEGABYTES = 17;

	private static final Duration PATIENCE_OF_DRIVER = Duration.ofSeconds(3);

	private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * How much faster than others' the clock is of a process whose disk is slow.
	 */
	private static final int HASTE = 20;

	private static final Duration SLOW_FLUSH = PATIENCE_OF_DRIVER.plusMillis(500).dividedBy(HASTE);

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private final ManualClock clock = new ManualClock();

	@ParameterizedTest
	@CsvSource({ "DELETE, true", "WAL, false" })
	void tellsForHowLongItKeptWriters(String journalMode, boolean keeps) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		Duration pause = Duration.ofMillis(300);
		List<Boolean> written = new ArrayList<>();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			OnlineCopy copy = new OnlineCopy(source, this.clock);
			copy.to(destination, (bytes, total) -> {
				if (!written.isEmpty()) {
					this.clock.advance(pause);
				}
				written.add(Ledger.tryToWrite(database));
			});
			assertThat(copy.longestLock()).isEqualTo(keeps ? pause.multipliedBy(written.size() - 1) : Duration.ZERO);
		}
		assertThat(written).startsWith(true, !keeps);
	}

	@Test
	void warnsWhenWritersAreGoingToWaitForTooLong() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> {
			this.clock.advance(PATIENCE_OF_DRIVER.plusMillis(500));
			assertThat(Ledger.tryToWrite(database)).isTrue();
		}, () -> {
		});
		assertWarnsOfWaiting(database, "have to wait for about ");
	}

	@Test
	void warnsWhenWritersHaveWaitedForLongerThanExpected() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> assertThat(Ledger.tryToWrite(database)).isTrue(),
				() -> this.clock.advance(PATIENCE_OF_DRIVER.plusMillis(100)));
		assertWarnsOfWaiting(database, "may have had to wait for ");
	}

	/**
	 * Also if nobody wrote so far, and the copy is the only step.
	 */
	@ParameterizedTest
	@CsvSource({ "DELETE, true", "WAL, false" })
	@Tag("process")
	void warnsWhenFlushTakesTooLong(String journalMode, boolean warns) throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = " + journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		String slowOnce = "fsync,fdatasync:delay_exit=" + SLOW_FLUSH.toNanos() / 1000 + ":when=1";
		Process process = JavaProcess.startFaulty(this.temp.resolve("trace"), List.of(slowOnce),
				List.of("-Dtest.log.target=System.out"), Copy.class, database.toString(), destination.toString());
		String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		assertThat(TestDatabase.items(destination)).hasSize(1);
		if (warns) {
			assertThat(log).contains("Writers to " + database + " may have had to wait for ");
		}
		else {
			assertThat(log).isEmpty();
		}
	}

	@Test
	void doesNotWarnOfWhatItWaitsForItself() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			CompletableFuture<Void> writer = LockedDatabase.until(database, this.clock,
					PATIENCE_OF_DRIVER.plusMillis(100));
			new OnlineCopy(source, this.clock).to(destination, (bytes, total) -> {
			});
			writer.join();
		}
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void doesNotWarnOfWhatListenerDoesBetweenSteps() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		slowCopy(database, () -> this.clock.advance(PATIENCE_OF_DRIVER.plusMillis(100)), () -> {
		});
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void doesNotWarnOfRestoreThatKeepsWritersWaitingAnyway() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (ExclusiveConnection restore = ExclusiveConnection.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			restore.lock(false);
			try (CopySource source = CopySource.locked(LiveDatabase.of(database), BUSY_TIMEOUT, restore.connection())) {
				new OnlineCopy(source, this.clock).to(destination,
						(bytes, total) -> this.clock.advance(PATIENCE_OF_DRIVER));
			}
		}
		Ledger.assertWhole(destination, MEGABYTES);
		assertThat(this.log.warnings()).isEmpty();
	}

	/**
	 * Copy a database that somebody writes to after the first step.
	 * @param afterFirstStep is run when it is not held yet
	 * @param whenHeld is run when it is
	 */
	private void slowCopy(Path database, Runnable afterFirstStep, Runnable whenHeld) throws Exception {
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<Runnable> steps = new ArrayList<>(List.of(afterFirstStep, whenHeld));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			new OnlineCopy(source, this.clock).to(destination, (bytes, total) -> {
				if (!steps.isEmpty()) {
					steps.remove(0).run();
				}
			});
		}
		assertThat(steps).isEmpty();
		Ledger.assertWhole(destination, MEGABYTES);
	}

	private void assertWarnsOfWaiting(Path database, String what) {
		assertThat(this.log.warnings()).hasSize(1)
			.allSatisfy((warning) -> assertThat(warning.getFormattedMessage())
				.startsWith("Writers to " + database + " " + what)
				.contains("give up with SQLITE_BUSY after 3 s", "journal_mode=WAL"));
	}

	@Test
	void waitsForEachLockAnew() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		List<CompletableFuture<Void>> others = new ArrayList<>();
		Duration lessThanBusyTimeout = BUSY_TIMEOUT.minusSeconds(1);
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			new OnlineCopy(source, this.clock).to(destination, (bytes, total) -> {
				if (bytes < total) {
					// Without a change that would begin the copy again.
					others.add(LockedDatabase.until(database, this.clock, lessThanBusyTimeout));
				}
			});
		}
		assertThat(others).hasSize(2).allSatisfy(CompletableFuture::join);
		Ledger.assertWhole(destination, MEGABYTES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void tellsHowFarItHasCome(String journalMode) throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, journalMode);
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		Steps steps = new Steps();
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			assertThat(source.state().size()).isEqualTo(Files.size(database));
			new OnlineCopy(source).to(destination, steps);
		}
		steps.assertLeadTo(Files.size(destination));
		for (boolean open : new boolean[] { true, false }) {
			Steps back = new Steps();
			assertThat(new OnlineRestore(destination, DatabaseFile.of(database), LiveDatabase.of(database),
					BUSY_TIMEOUT, back)
				.run(open, (current) -> true)).isTrue();
			back.assertLeadTo(Files.size(destination));
		}
	}

	/**
	 * Copies a database.
	 */
	static final class Copy {

		public static void main(String[] args) {
			try (CopySource source = CopySource.open(LiveDatabase.of(Path.of(args[0])), BUSY_TIMEOUT)) {
				new OnlineCopy(source, () -> HASTE * System.nanoTime()).to(Path.of(args[1]), (bytes, total) -> {
				});
			}
		}

	}

	/**
	 * What was told of the progress.
	 */
	private static final class Steps implements Progress {

		private final List<Long> bytes = new ArrayList<>();

		private final List<Long> totals = new ArrayList<>();

		@Override
		public void at(long bytes, long totalBytes) {
			this.bytes.add(bytes);
			this.totals.add(totalBytes);
		}

		void assertLeadTo(long size) {
			assertThat(this.bytes).hasSizeGreaterThan(2)
				.isSorted()
				.doesNotHaveDuplicates()
				.endsWith(size)
				.allSatisfy((step) -> assertThat(step).isBetween(1L, size));
			assertThat(this.totals).containsOnly(size);
		}

	}

}
