/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.actuate.BackupConditions;
import dev.quartermaster.backup.actuate.BackupHealthIndicator;
import dev.quartermaster.backup.actuate.BackupHistory;
import dev.quartermaster.backup.actuate.BackupMetrics;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link QuartermasterBackupMonitoringAutoConfiguration}.
 */
class QuartermasterBackupMonitoringAutoConfigurationTests {

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void hasHealthAndMetrics() {
		runner().run((context) -> assertThat(context).hasSingleBean(BackupHistory.class)
			.hasSingleBean(BackupConditions.class)
			.hasSingleBean(BackupMetrics.class)
			.hasBean("dbbackupHealthIndicator"));
	}

	@Test
	void ownListenersAreNotInTheWayOfTheOnlyOneOfTheApplication() {
		runner().withBean(RecordingListener.class)
			.run((context) -> assertThat(context).hasSingleBean(BackupListener.class));
	}

	@Test
	void backsOffWithoutMicrometer() {
		runner().withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(BackupMetrics.class)
				.hasSingleBean(BackupHealthIndicator.class));
	}

	@Test
	void backsOffWithoutMeterRegistry() {
		Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MeterBinder.class)
				.hasSingleBean(BackupHealthIndicator.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.dbbackup.enabled=false", "management.health.defaults.enabled=false" })
	void backsOffWhereHealthIsSwitchedOff(String property) {
		runner().withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(HealthIndicator.class)
				.hasSingleBean(BackupMetrics.class));
	}

	@Test
	void backsOffWhenSwitchedOff() {
		runner().withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(BackupHistory.class)
				.doesNotHaveBean(BackupMetrics.class)
				.doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void backsOffWithoutDatabase() {
		Contexts.runner()
			.withPropertyValues("spring.autoconfigure.exclude="
					+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2", "org.springframework.jdbc"))
			.run((context) -> assertThat(context).doesNotHaveBean(BackupHistory.class));
	}

	@Test
	void isQuietWhenSwitchedOffAfterItWasBuiltAheadOfTime() {
		runner().withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true")
			.withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(context.getBean(MeterRegistry.class).find("quartermaster.backup").timers()).isEmpty();
			});
	}

	@Test
	void applicationMayHaveHealthOfItsOwn() {
		runner().withBean("dbbackupHealthIndicator", HealthIndicator.class, () -> () -> Health.status("FINE").build())
			.run((context) -> assertThat(context).doesNotHaveBean(BackupHealthIndicator.class)
				.hasSingleBean(HealthIndicator.class));
	}

	@Test
	void backupAtBootIsInTheMetricsAndAllElseIsZero() {
		runner().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(timer(meters, "migration", "created").count()).isOne();
			assertThat(timer(meters, "migration", "created").totalTime(TimeUnit.NANOSECONDS)).isPositive();
			assertThat(meters.get("quartermaster.backup").tag("database", "dataSource").timers()).hasSize(20)
				.filteredOn((timer) -> timer.count() > 0)
				.hasSize(1);
			Snapshot snapshot = context.getBean(SqliteBackupService.class).list().get(0);
			assertThat(gauge(meters, "snapshots")).isOne();
			assertThat(gauge(meters, "snapshots.size")).isEqualTo(snapshot.size());
			assertThat(gauge(meters, "newest.size")).isEqualTo(snapshot.size());
			assertThat(gauge(meters, "free")).isPositive();
			assertThat(gauge(meters, "warnings")).isZero();
			assertThat(age(meters)).isBetween(0.0, 3600.0);
			assertThat(gauge(meters, "drill.last")).isZero();
		});
	}

	@Test
	void databaseWithoutDataHasFiguresFromTheStart() {
		Contexts.runner(TestDatabase.url(this.directory.resolve("new.db")), Migrations.FIRST)
			.withConfiguration(metrics())
			.run((context) -> {
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(timer(meters, "migration", "nothing").count()).isOne();
				assertThat(gauge(meters, "snapshots")).isZero();
				assertThat(gauge(meters, "newest.size")).isZero();
				assertThat(gauge(meters, "warnings")).isZero();
				assertThat(age(meters)).isNaN();
			});
	}

	@Test
	void eachOutcomeHasItsTimer() {
		runner().withPropertyValues("spring.flyway.enabled=false").run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			SqliteBackupService service = context.getBean(SqliteBackupService.class);
			service.backup("x");
			assertThat(timer(meters, "request", "created").count()).isOne();
			service.backupIfChanged(SnapshotReason.SCHEDULE);
			assertThat(timer(meters, "schedule", "unchanged").count()).isOne();
			TestDatabase.overwrite(this.database, 4096, new byte[] { 99, 99, 99, 99 });
			service.backup("y");
			assertThat(timer(meters, "request", "corrupt").count()).isOne();
			assertThat(gauge(meters, "warnings")).isOne();
			Files.writeString(this.database, "no database ".repeat(1000));
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> service.backup("z"));
			assertThat(timer(meters, "request", "failed").count()).isOne();
		});
	}

	@Test
	void severalNamesOfOneSnapshotTakeItsSizeOnce() {
		runner().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			context.getBean(SqliteBackupService.class).backup("x");
			double once = gauge(meters, "snapshots.size");
			context.getBean(SqliteBackupService.class).backup("y");
			assertThat(gauge(meters, "snapshots")).isEqualTo(3);
			assertThat(gauge(meters, "snapshots.size")).isEqualTo(once);
		});
	}

	@Test
	void databaseThatIsOnlyKnownLaterHasFiguresFromThenOn() {
		Path later = TestDatabase.create(this.directory.resolve("later.db"), 3);
		runner().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			context.getBean(SqliteBackupRegistry.class).of(SqliteDatabase.of(later)).backup("x");
			assertThat(meters.get("quartermaster.backup").tag("database", "later.db").timers()).hasSize(20)
				.extracting(Timer::count)
				.contains(1L);
		});
	}

	@Test
	void databasesOfOtherVendorsHaveNoFiguresAndNoFailures() {
		runner().withBean("tasksDataSource", DataSource.class, () -> Contexts.dataSource(this.database))
			.withBean("otherDataSource", DataSource.class, () -> h2DataSource())
			.withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> {
				assertThat(context.getBean(MeterRegistry.class).get("quartermaster.backup").timers())
					.extracting((timer) -> timer.getId().getTag("database"))
					.containsOnly("tasks");
				assertThat(health(context).getDetails()).containsOnlyKeys("tasks");
			});
	}

	private static DataSource h2DataSource() {
		JdbcDataSource dataSource = new JdbcDataSource();
		dataSource.setUrl("jdbc:h2:mem:monitoring");
		return dataSource;
	}

	@Test
	void drillsAreInTheMetricsAndFailedOneInTheHealth() {
		runner().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			LazyBackupListeners listeners = new LazyBackupListeners(context.getBeanProvider(BackupListener.class),
					context.getBeanProvider(OwnListener.class));
			Path snapshot = context.getBean(SqliteBackupService.class).list().get(0).file();
			listeners.onDrilled(new DrillResult(this.database, snapshot, DrillResult.Outcome.PASSED, "restored 32 KB",
					Duration.ofSeconds(3)));
			double last = gauge(meters, "drill.last");
			assertThat(last).isGreaterThan(1_700_000_000);
			assertThat(meters.get("quartermaster.backup.drill")
				.tag("outcome", "passed")
				.timer()
				.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			listeners.onDrilled(new DrillResult(this.database, snapshot, DrillResult.Outcome.FAILED,
					"rows are missing in item", Duration.ofSeconds(3)));
			assertThat(gauge(meters, "drill.last")).isEqualTo(last);
			assertThat(gauge(meters, "warnings")).isOne();
			assertThat(warnings(context, "dataSource")).singleElement()
				.asString()
				.contains(snapshot.toString())
				.contains("rows are missing in item");
		});
	}

	@Test
	void registryThatComesLaterHasWhatCameBeforeTheFirst() {
		runner().run((context) -> {
			MeterRegistry second = new SimpleMeterRegistry();
			context.getBean(BackupMetrics.class).bindTo(second);
			assertThat(timer(second, "migration", "created").count()).isOne();
			context.getBean(SqliteBackupService.class).backup("x");
			assertThat(timer(second, "request", "created").count()).isOne();
			assertThat(timer(context.getBean(MeterRegistry.class), "request", "created").count()).isOne();
		});
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.withConfiguration(metrics());
	}

	private static AutoConfigurations metrics() {
		return AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class);
	}

	private static Timer timer(MeterRegistry meters, String trigger, String outcome) {
		return meters.get("quartermaster.backup")
			.tags("database", "dataSource", "trigger", trigger, "outcome", outcome)
			.timer();
	}

	private static double gauge(MeterRegistry meters, String name) {
		Gauge gauge = meters.get("quartermaster.backup." + name).tag("database", "dataSource").gauge();
		return gauge.value();
	}

	private static double age(MeterRegistry meters) {
		TimeGauge gauge = meters.get("quartermaster.backup.newest.age").tag("database", "dataSource").timeGauge();
		return gauge.value(TimeUnit.SECONDS);
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(BackupHealthIndicator.class).health();
	}

	private static List<?> warnings(ApplicationContext context, String database) {
		Health health = health(context);
		assertThat(health.getStatus()).isEqualTo(BackupHealthIndicator.WARNING);
		Map<?, ?> details = Objects.requireNonNull((Map<?, ?>) health.getDetails().get(database));
		return Objects.requireNonNull((List<?>) details.get("warnings"));
	}

}
