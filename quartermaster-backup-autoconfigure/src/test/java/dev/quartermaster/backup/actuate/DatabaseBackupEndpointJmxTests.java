/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import dev.quartermaster.backup.actuate.EndpointApplication.WithoutSecurity;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link DatabaseBackupEndpoint} over JMX.
 */
class DatabaseBackupEndpointJmxTests {

	private static final String DOMAIN = DatabaseBackupEndpointJmxTests.class.getName();

	private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

	@TempDir
	Path directory;

	private @Nullable EndpointApplication application;

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void backupCreatesSnapshot() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 50);
		start(TestDatabase.url(database));
		Map<?, ?> created = (Map<?, ?>) invoke("backup", "smoke test");
		assertThat(created.get("reason")).isEqualTo("smoke-test");
		assertThat(OffsetDateTime.parse(text(created, "takenAt"))).isBeforeOrEqualTo(OffsetDateTime.now());
		Path snapshot = this.directory.resolve("backups").resolve(text(created, "name"));
		assertThat(((Number) value(created, "size")).longValue()).isEqualTo(Files.size(snapshot));
		assertThat(TestDatabase.items(snapshot)).isEqualTo(TestDatabase.items(database));
	}

	@Test
	void backupWithoutReasonIsManual() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		start(TestDatabase.url(database));
		assertThat(text((Map<?, ?>) invoke("backup", (String) null), "reason")).isEqualTo("manual");
	}

	@Test
	void backupWithoutDatabaseHasNothingToBackUp() throws Exception {
		start(TestDatabase.url(this.directory.resolve("stock.db")));
		assertThat(text((Map<?, ?>) invoke("backup", "smoke test"), "message")).startsWith("Nothing to back up");
	}

	@Test
	void snapshotsListsSnapshots() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		start(TestDatabase.url(database));
		Map<?, ?> created = (Map<?, ?>) invoke("backup", "smoke test");
		List<?> snapshots = (List<?>) value((Map<?, ?>) invoke("snapshots"), "snapshots");
		assertThat(snapshots).singleElement()
			.satisfies((snapshot) -> assertThat(text((Map<?, ?>) snapshot, "name")).isEqualTo(text(created, "name")));
	}

	@Test
	void snapshotTellsOne() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		start(TestDatabase.url(database));
		Map<?, ?> created = (Map<?, ?>) invoke("backup", "smoke test");
		assertThat(text((Map<?, ?>) invoke("snapshot", text(created, "name")), "reason")).isEqualTo("smoke-test");
	}

	@Test
	void failureIsReadable() {
		start("jdbc:h2:mem:stock");
		assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke("backup", "smoke test"))
			.withMessage("The database is H2, not SQLite. Back it up with the tools of H2.")
			.havingCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessage("The database is H2, not SQLite. Back it up with the tools of H2.")
			.withNoCause();
	}

	@Test
	void backupOfSeveralKeepsOthersWhenOneFails() throws Exception {
		Path users = Files.createDirectories(this.directory.resolve("b")).resolve("app.db");
		Path tasks = Files.createDirectories(this.directory.resolve("a")).resolve("app.db");
		Files.writeString(tasks, "lantern, 4\nrope, 2\n".repeat(100));
		TestDatabase.create(users, 2);
		start(TwoDatabasesConfiguration.class, "unused", "test.directory=" + this.directory);
		List<?> results = (List<?>) value((Map<?, ?>) invoke("backup", "smoke test", null), "results");
		assertThat(results).hasSize(2);
		assertThat(text((Map<?, ?>) results.get(0), "database")).isEqualTo("tasks");
		assertThat(text((Map<?, ?>) results.get(0), "error")).contains("not a SQLite database");
		assertThat(text((Map<?, ?>) results.get(1), "database")).isEqualTo("users");
		assertThat(text((Map<?, ?>) results.get(1), "reason")).isEqualTo("smoke-test");
		assertThat(text((Map<?, ?>) invoke("backup", "one", "users"), "database")).isEqualTo("users");
		assertThat((List<?>) value((Map<?, ?>) invoke("snapshots", "users"), "snapshots")).hasSize(2);
		assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke("backup", "one", "tasks"))
			.withMessageContaining("not a SQLite database");
	}

	@Test
	void unknownDatabaseIsToldWithThoseThatThereAre() {
		start(TwoDatabasesConfiguration.class, "unused", "test.directory=" + this.directory);
		assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke("backup", "smoke test", "stock"))
			.withMessage("The application has no SQLite database of that name; it has: tasks, users."
					+ " Use one of these names, or leave out the name for all databases.");
	}

	private Object invoke(String operation, @Nullable String... arguments) throws JMException {
		String[] signature = new String[arguments.length];
		Arrays.fill(signature, String.class.getName());
		return this.server.invoke(new ObjectName(DOMAIN + ":type=Endpoint,name=Dbbackup"), operation, arguments,
				signature);
	}

	private static Object value(Map<?, ?> map, String key) {
		return Objects.requireNonNull(map.get(key), key);
	}

	private static String text(Map<?, ?> map, String key) {
		return (String) value(map, key);
	}

	private void start(String url) {
		start(WithoutSecurity.class, url);
	}

	private void start(Class<?> source, String url, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("spring.main.web-application-type=none", "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=dbbackup", "management.endpoints.jmx.domain=" + DOMAIN));
		this.application = EndpointApplication.start(source, url, all.toArray(String[]::new));
	}

}
