/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.RunningThreads;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupScheduleAutoConfiguration}.
 */
class QuartermasterBackupScheduleAutoConfigurationTests {

	private static final String EVERY_SECOND = "quartermaster.backup.schedule=* * * * * *";

	private static final String OWN_THREADS = "quartermaster-schedule-";

	private static final String WORKERS = "quartermaster-scheduled-work-";

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private final Heard heard = new Heard();

	@BeforeEach
	void setUp() {
		this.database = TestDatabase.create(this.directory.resolve("app.db"), 3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "quartermaster.backup.schedule=", "quartermaster.backup.schedule=-" })
	void nothingIsScheduledByDefault(String property) {
		runner(property).run((context) -> {
			start(context);
			assertThat(RunningThreads.named(OWN_THREADS)).isEmpty();
		});
	}

	@Test
	void nothingIsScheduledBeforeTheApplicationIsReady() {
		runner(EVERY_SECOND).run((context) -> assertThat(RunningThreads.named(OWN_THREADS)).isEmpty());
	}

	@Test
	void nothingIsScheduledWhenChildContextIsReady() {
		runner(EVERY_SECOND).run((parent) -> new ApplicationContextRunner().withParent(parent).run((child) -> {
			start(child);
			assertThat(RunningThreads.named(OWN_THREADS)).isEmpty();
		}));
	}

	@Test
	void snapshotIsTakenWhenItIsTimeUnlessNothingHasChanged() {
		runner(EVERY_SECOND).run((context) -> {
			start(context);
			assertThat(this.heard.next().outcome()).isInstanceOf(BackupResult.Created.class);
			Heard.Backup second = this.heard.next();
			assertThat(second.outcome()).isInstanceOf(BackupResult.Unchanged.class);
			assertThat(second.attempt().trigger()).isEqualTo(BackupTrigger.SCHEDULE);
			assertThat(context.getBean(SqliteBackupService.class).list()).singleElement()
				.satisfies((snapshot) -> assertThat(snapshot.name().reason()).hasToString("schedule"));
			TestDatabase.execute(this.database, "DELETE FROM item");
			Heard.Backup later = this.heard.next();
			assertThat(
					(later.outcome() instanceof BackupResult.Unchanged) ? this.heard.next().outcome() : later.outcome())
				.isInstanceOf(BackupResult.Created.class);
		});
	}

	@Test
	void threadsOfItsOwnKeepNoProcessAliveAndEndWithTheApplication() {
		runner(EVERY_SECOND).run((context) -> {
			start(context);
			assertThat(this.heard.next().thread()).startsWith(WORKERS);
			assertThat(RunningThreads.named(OWN_THREADS)).isNotEmpty().allMatch(Thread::isDaemon);
			assertThat(RunningThreads.named(WORKERS)).isNotEmpty().allMatch(Thread::isDaemon);
		});
		RunningThreads.awaitEndOf(RunningThreads.named(WORKERS));
		RunningThreads.awaitEndOf(RunningThreads.named(OWN_THREADS));
	}

	@Test
	void onlySchedulerOfTheApplicationIsUsed() {
		runner(EVERY_SECOND).withBean("jobs", ThreadPoolTaskScheduler.class, () -> scheduler("jobs-"))
			.run((context) -> {
				start(context);
				assertThat(this.heard.next().thread()).startsWith(WORKERS);
				assertThat(RunningThreads.named("jobs-")).isNotEmpty();
				assertThat(RunningThreads.named(OWN_THREADS)).isEmpty();
			});
	}

	@Test
	void defaultSchedulerOfTheApplicationIsUsedIfThereAreSeveral() {
		runner(EVERY_SECOND).withBean("jobs", ThreadPoolTaskScheduler.class, () -> scheduler("jobs-"))
			.withBean("taskScheduler", ThreadPoolTaskScheduler.class, () -> scheduler("default-"))
			.run((context) -> {
				start(context);
				this.heard.next();
				assertThat(RunningThreads.named("default-")).isNotEmpty();
				assertThat(RunningThreads.named("jobs-")).isEmpty();
			});
	}

	@Test
	void schedulersForOtherThingsAreLeftAlone() {
		runner(EVERY_SECOND).withBean("sockets", ThreadPoolTaskScheduler.class, () -> scheduler("sockets-"))
			.withBean("messages", ThreadPoolTaskScheduler.class, () -> scheduler("messages-"))
			.run((context) -> {
				start(context);
				this.heard.next();
				assertThat(RunningThreads.named(OWN_THREADS)).isNotEmpty();
				assertThat(RunningThreads.named("sockets-")).isEmpty();
				assertThat(RunningThreads.named("messages-")).isEmpty();
			});
	}

	@Test
	void longWorkKeepsNeitherOtherJobsNorTheShutdownWaiting() throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		ScheduledWork work = new ScheduledWork("long work", (context) -> Instant.now(), () -> {
			begun.countDown();
			try {
				never.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		ThreadPoolTaskScheduler jobs = scheduler("jobs-");
		jobs.setWaitForTasksToCompleteOnShutdown(true);
		jobs.setAwaitTerminationSeconds(60);
		runner("").withBean(ScheduledWork.class, () -> work)
			.withBean("jobs", ThreadPoolTaskScheduler.class, () -> jobs)
			.run((context) -> {
				start(context);
				assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
				CountDownLatch other = new CountDownLatch(1);
				jobs.schedule(other::countDown, Instant.now());
				assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
				assertThat(interrupted.getCount()).isOne();
			});
		assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void sameWorkIsNeverDoneTwiceAtOnce() {
		AtomicInteger due = new AtomicInteger();
		AtomicInteger atOnce = new AtomicInteger();
		AtomicInteger mostAtOnce = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(3);
		ScheduledWork work = new ScheduledWork("slow work", (context) -> {
			due.incrementAndGet();
			return Instant.now();
		}, () -> {
			mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
			// Others become due while this one is at it.
			for (int until = due.get() + 5; due.get() < until;) {
				Thread.onSpinWait();
			}
			atOnce.decrementAndGet();
			done.countDown();
		});
		runner("").withBean(ScheduledWork.class, () -> work)
			// Unlike a pool, it does not wait for one before it begins the next.
			.withBean(TaskScheduler.class, SimpleAsyncTaskScheduler::new)
			.run((context) -> {
				start(context);
				assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
				assertThat(mostAtOnce).hasValue(1);
			});
	}

	@Test
	void failureIsLoggedAndToldAndAffectsNoOtherDatabase() throws IOException {
		Path broken = this.directory.resolve("broken.db");
		Files.writeString(broken,
				"This is no database, and it is long enough for its header to be read as one. ".repeat(100));
		runner(EVERY_SECOND).withBean("brokenDataSource", DataSource.class, () -> Contexts.dataSource(broken))
			.withBean("otherDataSource", DataSource.class, () -> Contexts.dataSource(this.database))
			.run((context) -> {
				start(context);
				List<Object> outcomes = List.of(this.heard.next().outcome(), this.heard.next().outcome());
				assertThat(outcomes).hasAtLeastOneElementOfType(BackupException.class)
					.hasAtLeastOneElementOfType(BackupResult.Created.class);
				assertThat(this.log.warnings()).anySatisfy((warning) -> assertThat(warning.getFormattedMessage())
					.startsWith("NO SNAPSHOT of the database broken was taken on schedule. ")
					.contains(broken.toString()));
			});
	}

	@Test
	void whatIsNoScheduleStopsTheStartAndIsNamed() {
		runner("quartermaster.backup.schedule=every night").run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
				assertThat(failure.getName()).isEqualTo("quartermaster.backup.schedule");
				assertThat(failure.getReason()).contains("cron expression").contains("0 30 3 * * *");
			}));
	}

	@Test
	void scheduleThatNamesNoTimeIsWarnedOf() {
		runner("quartermaster.backup.schedule=0 0 0 30 2 *").run((context) -> {
			start(context);
			assertThat(this.log.warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getFormattedMessage())
					.startsWith("The scheduled backup is never due"));
		});
	}

	@Test
	void backsOffWhenSwitchedOff() {
		runner(EVERY_SECOND).withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ScheduledWorkListener.class)
				.doesNotHaveBean(ScheduledWork.class));
	}

	private ApplicationContextRunner runner(String property) {
		return Contexts.runner(TestDatabase.url(this.database), "classpath:db/none")
			.withPropertyValues("spring.flyway.enabled=false", property)
			.withBean(BackupListener.class, () -> this.heard);
	}

	private static void start(AssertableApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
				context.getSourceApplicationContext(), Duration.ZERO));
	}

	private static ThreadPoolTaskScheduler scheduler(String threads) {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix(threads);
		return scheduler;
	}

	/**
	 * Remembers what it was told, in its order.
	 */
	private static final class Heard implements BackupListener {

		private final BlockingQueue<Backup> backups = new LinkedBlockingQueue<>();

		@Override
		public void onResult(BackupResult result, BackupAttempt attempt) {
			this.backups.add(new Backup(result, attempt, Thread.currentThread().getName()));
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			this.backups.add(new Backup(failure, attempt, Thread.currentThread().getName()));
		}

		Backup next() throws InterruptedException {
			Backup next = this.backups.poll(60, TimeUnit.SECONDS);
			assertThat(next).isNotNull();
			return next;
		}

		private record Backup(Object outcome, BackupAttempt attempt, String thread) {

		}

	}

}
