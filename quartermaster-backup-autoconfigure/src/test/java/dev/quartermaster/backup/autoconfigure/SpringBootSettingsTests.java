/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for settings of Spring Boot's that change how and where connections are opened
 * and work is done.
 */
class SpringBootSettingsTests {

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void databaseIsFoundThroughProxyThatConnectsLate() {
		assumeThat(SpringBootVersion.getVersion()).doesNotStartWith("4.0.");
		try (ConfigurableApplicationContext context = start("--spring.datasource.connection-fetch=lazy")) {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(LazyConnectionDataSourceProxy.class);
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			assertThat(snapshots("flyway")).singleElement()
				.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"));
			context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(snapshots("by-hand")).hasSize(1);
		}
	}

	@Test
	void scheduledSnapshotIsTakenByThreadsOfTheApplicationWhichMayBeVirtual() throws InterruptedException {
		BlockingQueue<String> groups = new LinkedBlockingQueue<>();
		Scheduling.groups = groups;
		try (ConfigurableApplicationContext context = TestApplication.startWith(Scheduling.class,
				TestApplication.arguments(this.database, Migrations.FIRST, "--spring.threads.virtual.enabled=true",
						"--quartermaster.backup.schedule=* * * * * *"))) {
			assertThat(context.isActive()).isTrue();
			groups.clear();
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
			String group = groups.poll(60, TimeUnit.SECONDS);
			assertThat(group).isNotNull();
			assertThat("VirtualThreads".equals(group)).isEqualTo(Runtime.version().feature() >= 21);
		}
	}

	@Test
	void severalContextsOfOneDatabaseDoNotGetInEachOthersWay() {
		try (ConfigurableApplicationContext second = startBesideAnotherAndBackUpInBoth()) {
			second.getBean(SqliteBackupService.class).backup("alone");
			assertThat(snapshots("alone")).hasSize(1);
		}
	}

	private ConfigurableApplicationContext startBesideAnotherAndBackUpInBoth() {
		try (ConfigurableApplicationContext first = start()) {
			ConfigurableApplicationContext second = start();
			assertThat(snapshots("flyway")).as("the second has nothing to migrate").hasSize(1);
			List<CompletableFuture<BackupResult>> results = Stream.of(first, second, first, second)
				.map((context) -> context.getBean(SqliteBackupService.class))
				.map((backups) -> CompletableFuture.supplyAsync(() -> backups.backup("at once")))
				.toList();
			assertThat(results)
				.allSatisfy((result) -> assertThat(result.join()).isInstanceOf(BackupResult.Created.class));
			assertThat(snapshots("at-once")).hasSize(4);
			return second;
		}
	}

	private ConfigurableApplicationContext start(String... more) {
		return TestApplication.start(TestApplication.arguments(this.database, Migrations.FIRST_AND_SECOND, more));
	}

	private List<Path> snapshots(String reason) {
		return Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> snapshot.getFileName().toString().contains("-" + reason))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

		private static BlockingQueue<String> groups = new LinkedBlockingQueue<>();

		@Bean
		BackupListener groupOfThread() {
			return new BackupListener() {

				@Override
				public void onResult(BackupResult result, BackupAttempt attempt) {
					ThreadGroup group = Thread.currentThread().getThreadGroup();
					if (group != null && result instanceof BackupResult.Created) {
						groups.add(group.getName());
					}
				}

			};
		}

	}

}
