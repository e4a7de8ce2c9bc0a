/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.quartermaster.backup.support.RunningThreads;
import dev.quartermaster.backup.support.TestDatabase;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link EarlyFlush}.
 */
class EarlyFlushTests {

	private static final String THREADS = "quartermaster-backup-flush";

	/**
	 * What the virtual machine records of each flush.
	 */
	private static final String FLUSH = "jdk.FileForce";

	private static final long WORTH_IT = 32 * 1024 * 1024;

	@TempDir
	private Path temp;

	@Test
	void flushesAgainAndAgainUntilItIsStopped() throws Exception {
		Path file = Files.createFile(this.temp.resolve("copy.db"));
		CountDownLatch flushes = new CountDownLatch(3);
		try (RecordingStream events = new RecordingStream()) {
			events.enable(FLUSH).withoutThreshold();
			events.onEvent(FLUSH, (event) -> {
				if (file.toString().equals(event.getString("path"))) {
					flushes.countDown();
				}
			});
			events.startAsync();
			EarlyFlush flush = new EarlyFlush(file, WORTH_IT);
			try {
				assertThat(flushes.await(1, TimeUnit.MINUTES)).isTrue();
				assertThat(RunningThreads.named(THREADS)).singleElement()
					.satisfies((thread) -> assertThat(thread.isDaemon()).isTrue());
			}
			finally {
				flush.stop();
			}
		}
		assertThat(RunningThreads.named(THREADS)).isEmpty();
	}

	@Test
	void doesNotBeginForSmallFile() throws Exception {
		Path file = Files.createFile(this.temp.resolve("copy.db"));
		EarlyFlush flush = new EarlyFlush(file, WORTH_IT - 1);
		assertThat(RunningThreads.named(THREADS)).isEmpty();
		flush.stop();
	}

	@Test
	void throwsNothingWhenFileCannotBeFlushed() {
		Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
		UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
		Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> uncaught.add(ex));
		try {
			EarlyFlush flush = new EarlyFlush(this.temp.resolve("missing").resolve("copy.db"), WORTH_IT);
			assertThatNoException().isThrownBy(flush::now);
			flush.stop();
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(before);
		}
		assertThat(uncaught).isEmpty();
		assertThat(RunningThreads.named(THREADS)).isEmpty();
	}

	@Test
	void keepsInterruptionOfThreadThatCopies() throws Exception {
		Path file = Files.createFile(this.temp.resolve("copy.db"));
		EarlyFlush flush = new EarlyFlush(file, WORTH_IT);
		List<Thread> threads = RunningThreads.named(THREADS);
		Thread.currentThread().interrupt();
		flush.stop();
		assertThat(Thread.interrupted()).isTrue();
		RunningThreads.awaitEndOf(threads);
	}

	@Test
	void isStoppedWhenLargeCopyIsComplete() throws Exception {
		Path database = this.temp.resolve("app.db");
		TestDatabase.execute(database, "CREATE TABLE big (content BLOB)",
				"INSERT INTO big VALUES (zeroblob(33 * 1024 * 1024))");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), Duration.ofSeconds(10))) {
			new OnlineCopy(source).to(destination, (bytes, total) -> {
			});
			assertThat(RunningThreads.named(THREADS)).isEmpty();
		}
		assertThat(TestDatabase.check(destination)).containsExactly("ok");
	}

}
