/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.VerificationMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link QuartermasterBackupProperties}.
 */
class QuartermasterBackupPropertiesTests {

	@TempDir
	private Path temporary;

	@Test
	void defaultsAreThoseOfTheDesign() {
		QuartermasterBackupProperties properties = new Binding().bind();
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.dir()).isNull();
		assertThat(properties.verification()).isEqualTo(VerificationMode.QUICK);
		assertThat(properties.busyTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.timeZone()).isNull();
		assertThat(properties.minFreeSpace()).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(properties.migration().enabled()).isTrue();
		assertThat(properties.migration().when()).isEqualTo(When.ALWAYS);
		assertThat(properties.migration().onFailure()).isEqualTo(OnBackupFailure.CONTINUE);
	}

	@Test
	void defaultSettingsFollowTheSystem() {
		BackupSettings settings = new Binding().settings();
		assertThat(settings.directory()).isNull();
		assertThat(settings.timeZone()).isEqualTo(ZoneId.systemDefault());
		assertThat(settings.minFreeSpace()).isEqualTo(64 * 1024 * 1024);
	}

	@Test
	void defaultSettingsAreThoseOfTheCore() {
		assertThat(new Binding().settings()).isEqualTo(BackupSettings.DEFAULTS);
	}

	@Test
	void copiesBindAsLocationsOrAsEntries() {
		assertThat(new Binding().bind().copies()).isEmpty();
		assertThat(new Binding().with("copies", "file:/mnt/nas/, s3://bucket/app/").bind().copies()).containsExactly(
				new CopyProperties("file:/mnt/nas/", false), new CopyProperties("s3://bucket/app/", false));
		assertThat(new Binding().with("copies[0].location", "file:/mnt/nas/")
			.with("copies[0].retention", "true")
			.with("copies[1].location", "s3://bucket/app/")
			.bind()
			.copies())
			.containsExactly(new CopyProperties("file:/mnt/nas/", true), new CopyProperties("s3://bucket/app/", false));
	}

	@Test
	void enabledBinds() {
		assertThat(new Binding().with("enabled", "false").bind().enabled()).isFalse();
	}

	@Test
	void dirBinds() {
		assertThat(new Binding().with("dir", "/mnt/snapshots").settings().directory())
			.isEqualTo(Path.of("/mnt/snapshots"));
	}

	@Test
	void emptyDirIsNone() {
		assertThat(new Binding().with("dir", "").settings().directory()).isNull();
	}

	@Test
	void blankDirIsNone() {
		assertThat(new Binding().with("dir", "  ").settings().directory()).isNull();
	}

	@Test
	void dirBindsFromEnvironmentVariable() {
		assertThat(fromEnvironment("QUARTERMASTER_BACKUP_DIR", "/mnt/snapshots").settings().directory())
			.isEqualTo(Path.of("/mnt/snapshots"));
	}

	@Test
	void nestedPropertyBindsFromEnvironmentVariable() {
		assertThat(fromEnvironment("QUARTERMASTER_BACKUP_MIGRATION_ONFAILURE", "abort").migration().onFailure())
			.isEqualTo(OnBackupFailure.ABORT);
	}

	@ParameterizedTest
	@CsvSource({ "none, NONE", "quick, QUICK", "full, FULL", "FULL, FULL" })
	void verificationBinds(String value, VerificationMode expected) {
		assertThat(new Binding().with("verification", value).settings().verification()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "250ms, 250", "2s, 2000", "PT1M, 60000" })
	void busyTimeoutBinds(String value, long millis) {
		assertThat(new Binding().with("busy-timeout", value).settings().busyTimeout())
			.isEqualTo(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@CsvSource({ "26, 26", "26h, 26", "7d, 168" })
	void healthMaxAgeBinds(String value, long hours) {
		assertThat(new Binding().with("health.max-age", value).bind().health().maxAge())
			.isEqualTo(Duration.ofHours(hours));
	}

	@ParameterizedTest
	@CsvSource({ "UTC", "Europe/Berlin", "+02:00" })
	void timeZoneBinds(String value) {
		assertThat(new Binding().with("time-zone", value).settings().timeZone()).isEqualTo(ZoneId.of(value));
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "1000, 1000", "1MB, 1048576", "2GB, 2147483648" })
	void minFreeSpaceBinds(String value, long bytes) {
		assertThat(new Binding().with("min-free-space", value).settings().minFreeSpace()).isEqualTo(bytes);
	}

	@Test
	void migrationEnabledBinds() {
		assertThat(new Binding().with("migration.enabled", "false").bind().migration().enabled()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "always, ALWAYS", "pending, PENDING" })
	void migrationWhenBinds(String value, When expected) {
		assertThat(new Binding().with("migration.when", value).bind().migration().when()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "continue, CONTINUE", "abort, ABORT" })
	void migrationOnFailureBinds(String value, OnBackupFailure expected) {
		assertThat(new Binding().with("migration.on-failure", value).bind().migration().onFailure())
			.isEqualTo(expected);
	}

	@Test
	void retentionKeepsEverythingByDefault() {
		assertThat(new Binding().settings().retention()).isEqualTo(RetentionPolicy.NONE);
		assertThat(RetentionPolicy.NONE.isNone()).isTrue();
	}

	@Test
	void retentionBinds() {
		RetentionPolicy policy = new Binding().with("retention.max-count", "20")
			.with("retention.max-age", "90")
			.with("retention.max-total-size", "5GB")
			.with("retention.thin", "true")
			.with("retention.min-keep", "4")
			.with("retention.keep-versions", "0")
			.with("retention.replaced.max-age", "36h")
			.with("retention.by-reason.before-import.max-age", "1d")
			.with("retention.by-reason.before-import.thin", "false")
			.with("retention.by-reason.flyway.max-count", "7")
			.settings()
			.retention();
		assertThat(policy).isEqualTo(new RetentionPolicy(
				new Limits(20, Duration.ofDays(90), DataSize.ofGigabytes(5).toBytes(), true), Map.of("before-import",
						new Limits(null, Duration.ofDays(1), null, false), "flyway", new Limits(7, null, null, null)),
				Duration.ofHours(36), 4, 0));
		assertThat(policy.isNone()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "quartermaster.backup.busy-timeout, -1s, must not be negative",
			"quartermaster.backup.retention.max-count, 0, must be at least 1",
			"quartermaster.backup.retention.max-age, -3d, must be positive",
			"quartermaster.backup.retention.max-total-size, 0, must be positive",
			"quartermaster.backup.retention.min-keep, 0, newest sound snapshot is never removed",
			"quartermaster.backup.retention.keep-versions, -1, must not be negative",
			"quartermaster.backup.retention.replaced.max-age, 0, must be positive",
			"quartermaster.backup.retention.by-reason.flyway.max-count, -1, must be at least 1",
			"quartermaster.backup.retention.by-reason.flyway.max-total-size, -1GB, must be positive",
			"quartermaster.backup.min-free-space, -1MB, must not be negative",
			"quartermaster.backup.health.max-age, -1h, must not be negative",
			"quartermaster.backup.schedule, every night, cron expression of six fields",
			"quartermaster.backup.time-zone, Mars/Olympus, Unknown time-zone ID: Mars/Olympus",
			"quartermaster.backup.verification, thorough, QUICK",
			"quartermaster.backup.migration.when, sometimes, PENDING",
			"quartermaster.backup.migration.on-failure, shrug, ABORT" })
	@ExtendWith(OutputCaptureExtension.class)
	void badValueStopsTheStartAndIsNamed(String name, String value, String reason, CapturedOutput output) {
		String[] arguments = TestApplication.arguments(this.temporary.resolve("app.db"), "classpath:db/first",
				"--" + name + "=" + value);
		assertThatException().isThrownBy(() -> TestApplication.start(arguments).close());
		assertThat(output.toString()).contains("APPLICATION FAILED TO START")
			.contains(name)
			.contains(reason)
			.contains("Action:")
			.doesNotContain("\tat ");
		assertThat(output.toString().toLowerCase()).contains(value.toLowerCase());
		assertThat(this.temporary).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(strings = { "pre-restore", "failed-migration", "pre-restore-2", "Flyway", "a-" })
	void onlyReasonsHaveLimitsOfTheirOwn(String reason) {
		Binding binding = new Binding().with("retention.by-reason[" + reason + "].max-count", "3");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(binding::settings)
			.withMessageContaining("quartermaster.backup.retention.by-reason." + reason)
			.withMessageContaining("replaced.max-age");
	}

	private static QuartermasterBackupProperties fromEnvironment(String name, String value) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value)));
		return Binder.get(environment).bindOrCreate("quartermaster.backup", QuartermasterBackupProperties.class);
	}

	/**
	 * Properties as a user would set them.
	 */
	static final class Binding {

		private final Map<String, String> values = new HashMap<>();

		Binding with(String name, String value) {
			this.values.put("quartermaster.backup." + name, value);
			return this;
		}

		QuartermasterBackupProperties bind() {
			return new Binder(new MapConfigurationPropertySource(this.values)).bindOrCreate("quartermaster.backup",
					Bindable.of(QuartermasterBackupProperties.class));
		}

		BackupSettings settings() {
			return bind().settings();
		}

	}

}
