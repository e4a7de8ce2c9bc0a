/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.SnapshotPruning;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.autoconfigure.QuartermasterBackupAutoConfiguration;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SnapshotGrowth}.
 */
class SnapshotGrowthTests {

	private static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");

	private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

	private static final long LARGE = 1L << 40;

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path backups;

	private SqliteBackupService service;

	private long size;

	@BeforeEach
	void createDatabase() throws Exception {
		Path database = TestDatabase.create(this.directory.toRealPath().resolve("app.db"), 1000);
		this.size = Files.size(database);
		this.backups = Files.createDirectory(database.resolveSibling("backups"));
		this.service = BackupServices.service(database);
	}

	@Test
	void warnsOfMoreThanTwentyTimesTheSizeOfTheDatabase() throws IOException {
		snapshots(20, 1);
		check(LARGE, LARGE);
		assertThat(warnings()).isEmpty();
		snapshot(21, 1);
		check(LARGE, LARGE);
		assertThat(warnings()).singleElement()
			.asString()
			.startsWith("The snapshots of " + this.service.database() + " take ")
			.contains(": 21 files, 21 times the size of the database. They are in " + this.backups,
					"none of them is ever removed")
			.contains("\n    quartermaster.backup.retention.thin=true\n",
					"\n    quartermaster.backup.retention.max-age=365d\n",
					"\n    quartermaster.backup.retention.max-total-size=" + (10 * this.size / 1024) + "KB\n");
	}

	@Test
	void countsFileOfSeveralNamesOnce() throws IOException {
		Path first = snapshot(1, 1);
		for (int day = 2; day < 40; day++) {
			Files.createLink(name(day), first);
		}
		check(LARGE, LARGE);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void warnsOfMoreThanTenthOfTheVolume() throws IOException {
		snapshots(3, 1);
		check(31 * this.size, LARGE);
		assertThat(warnings()).isEmpty();
		check(29 * this.size, LARGE);
		assertThat(warnings()).singleElement()
			.asString()
			.contains(": 3 files, 10 % of the volume. They are in ",
					"max-total-size=" + (29 * this.size / 20 / 1024) + "KB");
	}

	@Test
	void warnsWhenTheVolumeIsFullWithinThirtyDaysAtThisRate() throws IOException {
		// One a day, so there is room for as many days as there is for snapshots.
		snapshots(10, 1);
		check(LARGE, 31 * this.size);
		assertThat(warnings()).isEmpty();
		check(LARGE, 20 * this.size);
		assertThat(warnings()).singleElement()
			.asString()
			.contains(": 10 files, at this rate the volume is full in 20 days.");
	}

	@Test
	void doesNotTakeTheFirstDayForTheRate() throws IOException {
		for (int i = 0; i < 7; i++) {
			Files.copy(this.service.database(), this.backups.resolve("app-20260417-11000" + i + "-x.db"));
		}
		check(LARGE, 32 * this.size);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void doesNotTakeOldOnesForTheRate() throws IOException {
		for (int day = 40; day < 59; day++) {
			snapshot(day, 1);
		}
		check(LARGE, this.size);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void saysNothingOfVolumeThatDoesNotTell() throws IOException {
		snapshots(10, 1);
		check(0, 0);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void threeLinesThatItRecommendsEndIt() throws IOException {
		snapshots(30, 1);
		check(LARGE, LARGE);
		String[] lines = warnings().get(0).lines().filter((line) -> line.startsWith("    ")).toArray(String[]::new);
		assertThat(lines).hasSize(3);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					QuartermasterBackupAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + TestDatabase.url(this.service.database()))
			.withPropertyValues(Stream.of(lines).map(String::strip).toArray(String[]::new))
			.run((context) -> {
				SqliteBackupService configured = context.getBean(SqliteBackupService.class);
				assertThat(new SnapshotPruning(configured).isConfigured()).isTrue();
				configured.backup(null);
				assertThat(this.service.list()).hasSizeLessThan(20);
			});
		check(LARGE, LARGE);
		assertThat(warnings()).hasSize(1);
	}

	@Test
	void saysNothingIfSomebodySaidWhatMayGo() throws IOException {
		snapshots(30, 1);
		this.service = BackupServices.service(SqliteDatabase.of(this.service.database()), BackupServices.settings()
			.withRetention(RetentionPolicy.of(new RetentionPolicy.Limits(1000, null, null, false))));
		check(LARGE, LARGE);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void warnsIfWhatSomebodySaidDoesNotHoldTheGrowth() throws IOException {
		snapshots(10, 1);
		for (RetentionPolicy.Limits enough : List.of(new RetentionPolicy.Limits(29, null, null, null),
				new RetentionPolicy.Limits(null, Duration.ofDays(29), null, null),
				new RetentionPolicy.Limits(null, null, 29 * this.size, null),
				new RetentionPolicy.Limits(null, null, null, true))) {
			this.service = limited(enough);
			check(LARGE, 20 * this.size);
			assertThat(warnings()).as("%s", enough).isEmpty();
		}
		this.service = limited(new RetentionPolicy.Limits(31, Duration.ofDays(31), 31 * this.size, null));
		check(LARGE, 20 * this.size);
		assertThat(warnings()).singleElement()
			.asString()
			.contains("is full in 20 days, although there is a retention policy",
					"\n    quartermaster.backup.retention.max-total-size=");
	}

	private SqliteBackupService limited(RetentionPolicy.Limits limits) {
		return BackupServices.service(SqliteDatabase.of(this.service.database()),
				BackupServices.settings().withRetention(RetentionPolicy.of(limits)));
	}

	private void check(long total, long usable) throws IOException {
		new SnapshotGrowth(Clock.fixed(NOW, ZoneOffset.UTC), (directory) -> new SnapshotGrowth.Volume(total, usable))
			.check(this.service);
	}

	private void snapshots(int number, int everyDays) throws IOException {
		for (int i = 1; i <= number; i++) {
			snapshot(i, everyDays);
		}
	}

	private Path snapshot(int number, int everyDays) throws IOException {
		return Files.copy(this.service.database(), name(number * everyDays));
	}

	private Path name(int daysAgo) {
		return this.backups
			.resolve("app-" + STAMP.format(LocalDateTime.ofInstant(NOW, ZoneOffset.UTC).minusDays(daysAgo)) + "-x.db");
	}

	private List<String> warnings() {
		return this.log.warnings().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
