/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.BackupHealthIndicator;
import dev.quartermaster.backup.copies.Copies;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.HeartbeatServer;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.ObjectStore;
import dev.quartermaster.backup.support.TestDatabase;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupCopiesAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class QuartermasterBackupCopiesAutoConfigurationTests {

	private static final String COPIES = "quartermaster.backup.copies=";

	@TempDir
	private Path directory;

	private Path database;

	private Path place;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		this.place = this.directory.resolve("nas");
	}

	@Test
	void thereAreNoneByDefault() {
		runner("spring.application.name=x").run((context) -> assertThat(context).hasNotFailed()
			.satisfies((running) -> assertThat(running.getBeanProvider(Copies.class).getIfAvailable()).isNull()));
	}

	@Test
	void backsOffWhenSwitchedOff() {
		runner(COPIES + this.place).withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Copies.class));
		assertThat(this.place).doesNotExist();
	}

	@Test
	void retentionWithoutLocationIsRefusedWithItsName() {
		runner("quartermaster.backup.copies[0].retention=true").run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("quartermaster.backup.copies[…].location"));
	}

	@Test
	void snapshotsOfTheStartAndLaterOnesAreElsewhereWhenTheApplicationHasStopped() throws IOException {
		marked(this.place);
		runner(COPIES + "file:" + this.place).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(SqliteBackupService.class).backup("later");
		});
		assertThat(names(this.place, ".db", ".db.json"))
			.containsExactlyElementsOf(names(this.directory.resolve("backups"), ".db", ".db.json"))
			.hasSize(4);
	}

	@Test
	void locationThatNothingCanWriteToKeepsNoApplicationFromStarting() {
		runner(COPIES + "s3://bucket/app/").run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingIsCopiedInTest() {
		runner(COPIES + this.place)
			.withPropertyValues("org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(this.place).doesNotExist();
	}

	@Test
	void secondCopyOnThisMachineIsSaid(CapturedOutput output) {
		ClassLoader loader = ObjectStore.clientClasses();
		String spooling = "io.awspring.cloud.s3.DiskBufferingS3OutputStreamProvider";
		RootBeanDefinition provider = new RootBeanDefinition(ClassUtils.resolveClassName(spooling, loader));
		provider.setLazyInit(true);
		runner(COPIES + "s3://bucket/app/").withClassLoader(loader)
			.withInitializer((context) -> ((BeanDefinitionRegistry) context.getBeanFactory())
				.registerBeanDefinition("provider", provider))
			.run((context) -> assertThat(output).contains(
					"Before a copy of a snapshot is sent to a bucket, it is" + " written to ",
					"by DiskBufferingS3OutputStreamProvider"));
	}

	@Test
	void retentionOfBucketIsRefused() {
		runner("quartermaster.backup.copies[0].location=s3://bucket/app/")
			.withPropertyValues("quartermaster.backup.copies[0].retention=true")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("lifecycle rule"));
	}

	/**
	 * It is neither there nor can be made: nothing is found out later than at the start.
	 */
	@Test
	void placeThatCannotBeUsedIsInHealthAndMetricsAndHeartbeatUntilItCan() {
		Path away = this.directory.resolve("mnt").resolve("nas");
		try (HeartbeatServer heartbeats = HeartbeatServer.start()) {
			runner(COPIES + away).withPropertyValues("quartermaster.backup.heartbeat.url=" + heartbeats.url())
				.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
						SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
				.run((context) -> {
					assertThat(heartbeats.next()).startsWith("POST ")
						.contains("/fail The backups of ", "are not copied elsewhere", "not mounted, most likely");
					MeterRegistry meters = context.getBean(MeterRegistry.class);
					BackupHealthIndicator health = context.getBean(BackupHealthIndicator.class);
					String place = "file:" + away + "/";
					assertThat(gauge(meters, "usable")).isZero();
					assertThat(gauge(meters, "pending")).isEqualTo(1);
					assertThat(gauge(meters, "age")).isNaN();
					assertThat(details(health.health()).get("copies")).isEqualTo(Map.of(place, Map.of("pending", 1)));
					assertThat(health.health().getStatus()).isEqualTo(BackupHealthIndicator.WARNING);
					assertThat(details(health.health()).get("warnings")).asInstanceOf(InstanceOfAssertFactories.LIST)
						.singleElement()
						.asString()
						.startsWith("The copying of snapshots to " + place + " fails, and 1 snapshot of ")
						.doesNotContain("backup failed");
					marked(away);
					context.getBean(SqliteBackupService.class).backup("again");
					assertThat(heartbeats.next()).startsWith("GET ");
					assertThat(health.health().getStatus()).isEqualTo(Status.UP);
					assertThat(gauge(meters, "usable")).isEqualTo(1);
					assertThat(gauge(meters, "pending")).isZero();
					assertThat(gauge(meters, "age")).isNotNegative();
					assertDocumented(meters);
				});
		}
	}

	private static double gauge(MeterRegistry meters, String name) {
		return meters.get("quartermaster.backup.copies." + name).gauge().value();
	}

	private static Map<?, ?> details(Health health) {
		return (Map<?, ?>) Objects.requireNonNull(health.getDetails().get("dataSource"));
	}

	private static void assertDocumented(MeterRegistry meters) {
		Map<String, List<String>> table = DocumentationPage.of("docs/copies.md").table("| name | tags |");
		Map<String, Set<String>> tags = new TreeMap<>();
		meters.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().startsWith("quartermaster.backup.copies"))
			.forEach((id) -> id.getTags()
				.forEach((tag) -> tags.computeIfAbsent(id.getName(), (name) -> new TreeSet<>())
					.addAll(tag.getKey().equals("outcome") ? List.of("outcome", tag.getValue())
							: List.of(tag.getKey()))));
		assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(tags.keySet());
		tags.forEach(
				(name, words) -> assertThat(DocumentationPage.quoted(Objects.requireNonNull(table.get(name)).get(0)))
					.containsExactlyInAnyOrderElementsOf(words));
	}

	private ApplicationContextRunner runner(String property) {
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.withPropertyValues(property);
	}

	/**
	 * It is on the disk of the snapshots, and asked for all the same.
	 */
	private static void marked(Path place) throws IOException {
		Files.createDirectories(place);
		Files.createFile(place.resolve(CopyDirectory.MARKER));
	}

	private static List<String> names(Path directory, String... endings) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> !name.startsWith(".") && Stream.of(endings).anyMatch(name::endsWith))
				.sorted()
				.toList();
		}
	}

}
