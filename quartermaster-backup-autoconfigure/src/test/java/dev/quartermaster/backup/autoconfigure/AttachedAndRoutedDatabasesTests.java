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
import java.util.stream.Collectors;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of all auto-configurations with databases that no data source of the application
 * opens by itself: those that connections attach, and those behind a data source that
 * chooses.
 */
class AttachedAndRoutedDatabasesTests {

	private static final List<String> ROWS = List.of("letter", "photograph");

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private Path other;

	@BeforeEach
	void setUp() throws IOException {
		this.directory = this.directory.toRealPath();
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		this.other = Files.createDirectory(this.directory.resolve("other")).resolve("archive.db");
		TestDatabase.execute(this.other, "CREATE TABLE old (name TEXT)",
				"INSERT INTO old VALUES ('letter'), ('photograph')");
	}

	@Test
	void attachedDatabaseMeetsSnapshotBeforeMigration() throws IOException {
		withAttached("DELETE FROM archive.old").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(old(this.other)).isEmpty();
			assertThat(Migrations.snapshots(this.other)).singleElement()
				.satisfies((snapshot) -> assertThat(snapshot.getFileName().toString())
					.matches("archive-\\d{8}-\\d{6}-flyway\\.db"))
				.satisfies((snapshot) -> assertThat(old(snapshot)).isEqualTo(ROWS));
			assertThat(Migrations.snapshots(this.database)).singleElement()
				.satisfies((snapshot) -> assertThat(Migrations.versions(snapshot)).containsExactly("1"));
			assertThat(this.log.guarded()).singleElement()
				.asString()
				.contains(this.database.toString(), this.other.toString());
		});
	}

	@Test
	void attachedDatabaseIsPutBackWithMainOneWhenMigrationFails() throws IOException {
		withAttached("DELETE FROM archive.old; INSERT INTO missing VALUES (1)")
			.withPropertyValues("quartermaster.backup.migration.restore-on-error=true",
					"spring.flyway.execute-in-transaction=false")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(old(this.other)).isEqualTo(ROWS);
			});
	}

	@Test
	void attachedDatabaseIsOneOfTheDatabases() throws IOException {
		withAttached("DELETE FROM archive.old").withPropertyValues("spring.flyway.enabled=false").run((context) -> {
			assertThat(services(context).all()).containsOnlyKeys("dataSource", "dataSource.archive");
			assertThat(services(context).named("archive").backup("x")).isInstanceOfSatisfying(
					BackupResult.Created.class,
					(created) -> assertThat(old(created.snapshot().file())).isEqualTo(ROWS));
		});
	}

	@Test
	void eachTargetOfRouterMeetsSnapshotBeforeMigration() {
		withRouter(router(true)).withPropertyValues("spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
				assertThat(Migrations.snapshots(this.database)).singleElement()
					.satisfies((snapshot) -> assertThat(Migrations.versions(snapshot)).containsExactly("1"));
				assertThat(Migrations.snapshots(this.other)).singleElement()
					.satisfies((snapshot) -> assertThat(old(snapshot)).isEqualTo(ROWS));
			});
	}

	@Test
	void eachTargetOfRouterThatIsTheDefaultOfAnotherMeetsSnapshotBeforeMigration() throws IOException {
		Path third = Migrations.atFirst(Files.createDirectory(this.directory.resolve("third")).resolve("third.db"));
		withRouter(router(Map.of("third", Contexts.dataSource(third)), router(true)))
			.withPropertyValues("spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)
			.run((context) -> {
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
				for (Path each : List.of(this.database, this.other, third)) {
					assertThat(Migrations.snapshots(each)).as("of %s", each).hasSize(1);
				}
			});
	}

	@Test
	void eachTargetOfRouterIsOneOfTheDatabases() {
		withRouter(new LazyConnectionDataSourceProxy(router(true))).withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> {
				assertThat(services(context).all()).containsOnlyKeys("dataSource", "dataSource.archive");
				assertThat(services(context).named("dataSource.app").database()).isEqualTo(this.database);
				assertThat(services(context).named("dataSource.archive").database()).isEqualTo(this.other);
			});
	}

	@Test
	void defaultOfRouterIsOneOfTheDatabasesThoughItIsChosenByNoKey() {
		Path third = Migrations.atFirst(this.directory.resolve("third.db"));
		DataSource chosen = Contexts.dataSource(third);
		assertThat(databases(router(Map.of("third", chosen), Contexts.dataSource(this.database))))
			.isEqualTo(Map.of("third", third, "default", this.database));
		assertThat(databases(router(Map.of("third", chosen), chosen))).isEqualTo(Map.of("third", third));
		AbstractRoutingDataSource inner = router(true);
		assertThat(databases(router(Map.of("third", chosen), inner)))
			.isEqualTo(Map.of("third", third, "default.app", this.database, "default.archive", this.other));
		for (DataSource known : List.of(inner, inner.getResolvedDataSources().get("archive"))) {
			assertThat(databases(router(Map.of("inner", inner), known)))
				.isEqualTo(Map.of("inner.app", this.database, "inner.archive", this.other));
		}
	}

	@Test
	void routerThatChoosesNothingByDefaultIsNoDatabase() {
		withRouter(router(false)).withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> assertThat(services(context).all()).containsOnlyKeys("dataSource.app",
					"dataSource.archive"));
	}

	private ApplicationContextRunner withAttached(String migration) throws IOException {
		Path migrations = Files.createDirectory(this.directory.resolve("migrations"));
		Files.writeString(migrations.resolve("V2__forget.sql"), migration + ";");
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST + ",filesystem:" + migrations)
			.withPropertyValues(
					"spring.datasource.hikari.connection-init-sql=ATTACH DATABASE '" + this.other + "' AS archive");
	}

	private static ApplicationContextRunner withRouter(DataSource router) {
		return Contexts.runner().withBean("dataSource", DataSource.class, () -> router);
	}

	private AbstractRoutingDataSource router(boolean withDefault) {
		DataSource app = Contexts.dataSource(this.database);
		return router(Map.of("app", app, "archive", Contexts.dataSource(this.other)), withDefault ? app : null);
	}

	private static AbstractRoutingDataSource router(Map<Object, Object> targets, @Nullable DataSource standard) {
		AbstractRoutingDataSource router = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				return "none";
			}

		};
		router.setTargetDataSources(targets);
		if (standard != null) {
			router.setDefaultTargetDataSource(standard);
		}
		router.setLenientFallback(standard != null);
		router.afterPropertiesSet();
		return router;
	}

	private static Map<String, Path> databases(DataSource router) {
		return RoutedDataSources.of(router)
			.entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, (entry) -> SqliteDatabase.of(entry.getValue()).file()));
	}

	private static SqliteBackupRegistry services(ApplicationContext context) {
		return context.getBean(SqliteBackupRegistry.class);
	}

	private static List<String> old(Path file) {
		return TestDatabase.query(file, "SELECT name FROM old ORDER BY name");
	}

}
