/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SqliteBackupRegistry}.
 */
class SqliteBackupRegistryTests {

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private final Map<String, DataSource> dataSources = new LinkedHashMap<>();

	private final Map<String, SqliteBackupService> defined = new LinkedHashMap<>();

	private @Nullable Path directory;

	private Path a;

	private Path b;

	@BeforeEach
	void setUp() throws IOException {
		this.temp = this.temp.toRealPath();
		this.a = TestDatabase.create(Files.createDirectory(this.temp.resolve("a")).resolve("app.db"), 1);
		this.b = TestDatabase.create(Files.createDirectory(this.temp.resolve("b")).resolve("app.db"), 2);
	}

	@Test
	void databasesAreNamedLikeTheirBeans() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", sqlite(this.b));
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("tasks", "users");
		assertThat(services.named("tasks").database()).isEqualTo(this.a);
		assertThat(services.named("tasksDataSource")).isSameAs(services.named("tasks"));
		assertThat(services.named("users").database()).isEqualTo(this.b);
	}

	@Test
	void serviceIsTheSameEachTime() {
		DataSource tasks = sqlite(this.a);
		this.dataSources.put("tasksDataSource", tasks);
		SqliteBackupRegistry services = services();
		assertThat(services.standard(tasks)).isSameAs(services.named("tasks")).isSameAs(services.of(tasks));
	}

	@Test
	void dataSourceThatTheApplicationHasNoMoreIsNotKept() {
		DataSource before = sqlite(this.a);
		this.dataSources.put("tenant", before);
		SqliteBackupRegistry services = services();
		SqliteBackupService service = services.named("tenant");
		this.dataSources.put("tenant", sqlite(this.a));
		assertThat(services.named("tenant")).isNotSameAs(service);
		assertThat(services.of(before)).isNotSameAs(service);
	}

	@Test
	void unknownNameIsToldWithThoseThatThereAre() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", sqlite(this.b));
		this.dataSources.put("other", h2());
		SqliteBackupRegistry services = services();
		for (String name : new String[] { "stock", "Tasks", "other", "usersDataSource" }) {
			assertThatExceptionOfType(UnknownDatabaseException.class).isThrownBy(() -> services.select(name))
				.withMessage("The application has no SQLite database of that name; it has: tasks, users."
						+ " Use one of these names, or leave out the name for all databases.");
		}
		assertThat(services.select(null).keySet()).containsExactly("tasks", "users");
		assertThat(services.select(" ").keySet()).containsExactly("tasks", "users");
		assertThatExceptionOfType(UnknownDatabaseException.class).isThrownBy(() -> services.named(" "));
	}

	@Test
	void dataSourcesOfOneFileAreOneDatabaseNamedByTheFirst() {
		this.dataSources.put("writeDataSource", sqlite(this.a));
		this.dataSources.put("readDataSource", sqlite(this.a.resolveSibling("../a/app.db")));
		this.dataSources.put("hidden", new DelegatingDataSource(sqlite(this.a)));
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("write");
		assertThat(services.named("read")).isSameAs(services.named("write"));
		assertThat(services.named("readDataSource")).isSameAs(services.named("write"));
		assertThat(services.named("hidden")).isSameAs(services.named("write"));
	}

	@Test
	void otherDatabasesAreLeftOut() {
		this.dataSources.put("main", h2());
		this.dataSources.put("hiddenDataSource", new DelegatingDataSource(h2()));
		this.dataSources.put("memory", sqlite("jdbc:sqlite::memory:"));
		this.dataSources.put("server", new Unreachable("jdbc:postgresql://localhost/app"));
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		assertThat(services().all().keySet()).containsExactly("tasks");
	}

	@Test
	void otherDatabaseTellsWhatItIsIfThereIsNoSqlite() {
		this.dataSources.put("dataSource", h2());
		this.dataSources.put("memory", sqlite("jdbc:sqlite::memory:"));
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("dataSource");
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> services.named("dataSource").backup(null))
			.withMessageStartingWith("The database is H2, not SQLite.");
	}

	@Test
	void noDatabaseAtAllIsToldSo() {
		assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(() -> services().all())
			.withMessageStartingWith("The application has no database.");
		assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(() -> services().named("tasks"))
			.withMessageStartingWith("The application has no database.");
	}

	@Test
	void databaseThatCannotBeReachedIsNotConcealed() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("downDataSource", new Unreachable(null));
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("tasks", "down");
		BackupServices.backup(services.named("tasks"), "x");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> services.named("down").backup(null))
			.withMessageContaining("provided no connection");
	}

	@Test
	void databaseWhoseUrlShowsItsFileIsFoundWithoutConnection() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", new Unreachable(TestDatabase.url(this.b)));
		this.directory = this.temp.resolve("shared");
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("tasks", "users");
		assertThat(services.named("tasks").directory()).isEqualTo(this.directory.resolve("tasks"));
	}

	@Test
	void directoryOfSnapshotsIsFoundWithoutConnection() {
		AtomicInteger connections = new AtomicInteger();
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("hidden", new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				connections.incrementAndGet();
				throw new SQLException("No connection to spare");
			}

			@Override
			public Connection getConnection(String username, String password) throws SQLException {
				return getConnection();
			}

		});
		this.directory = this.temp.resolve("shared");
		assertThat(services().of(SqliteDatabase.of(this.a)).directory()).isEqualTo(this.directory);
		assertThat(connections).hasValue(0);
	}

	@Test
	void toFindOtherDatabasesDoesNotMakeThem() {
		Path missing = this.temp.resolve("b/missing.db");
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", sqlite(missing));
		SqliteBackupRegistry services = services();
		BackupServices.backup(services.named("tasks"), "x");
		assertThat(services.all().keySet()).containsExactly("tasks", "users");
		assertThat(missing).doesNotExist();
	}

	@Test
	void urlOfDriverThatWrapsSqliteIsLeftToTheConnection() {
		this.dataSources.put("tasksDataSource", new DelegatingDataSource(sqlite(this.a)) {

			@SuppressWarnings("unused")
			public String getUrl() {
				return "jdbc:p6spy:sqlite:app.db";
			}

		});
		assertThat(services().named("tasks").database()).isEqualTo(this.a);
	}

	@Test
	void sameFileNameWithOneDirectoryStaysApart() {
		this.directory = this.temp.resolve("shared");
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", sqlite(this.b));
		SqliteBackupRegistry services = services();
		BackupServices.backup(services.named("tasks"), "x");
		BackupServices.backup(services.named("users"), "x");
		BackupServices.backup(services.named("users"), "y");
		assertThat(services.named("tasks").list()).singleElement()
			.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot.file())).hasSize(1));
		assertThat(services.named("users").list()).hasSize(2)
			.allSatisfy((snapshot) -> assertThat(TestDatabase.items(snapshot.file())).hasSize(2));
		assertThat(services.named("users").directory()).isEqualTo(this.directory.resolve("users"));
		assertThat(namesakes()).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.INFO);
		assertThat(namesakes().get(0).getFormattedMessage())
			.isEqualTo("The snapshots of " + this.a + " go to " + this.directory.resolve("tasks") + ", because in "
					+ this.directory + " their names would clash with the snapshots of [" + this.b + "]");
	}

	@Test
	void snapshotsThatWereMixedBeforeAreToldOf() {
		this.directory = this.temp.resolve("shared");
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		BackupServices.backup(services().named("tasks"), "alone");
		this.dataSources.put("users", sqlite(this.b));
		SqliteBackupRegistry services = services();
		assertThat(services.named("tasks").list()).isEmpty();
		assertThat(namesakes()).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.WARN);
			assertThat(event.getFormattedMessage())
				.contains("]. 1 snapshot already in " + this.directory + " will no longer be listed.");
		});
	}

	@Test
	void dataSourceThatIsNoneOfTheApplicationsHasTheDirectoryOfItsFile() {
		this.directory = this.temp.resolve("shared");
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		this.dataSources.put("users", sqlite(this.b));
		SqliteBackupRegistry services = services();
		assertThat(services.of(sqlite(this.b)).directory()).isEqualTo(this.directory.resolve("users"));
		Path other = TestDatabase.create(this.temp.resolve("app.db"), 3);
		assertThat(services.of(sqlite(other)).directory()).hasParentRaw(this.directory)
			.isNotEqualTo(this.directory.resolve("users"))
			.isNotEqualTo(this.directory.resolve("tasks"));
	}

	@Test
	void definedServiceIsTheOneOfItsDatabase() {
		SqliteBackupService own = BackupServices.service(SqliteDatabase.of(this.b),
				BackupServices.settings(this.temp.resolve("own"), VerificationMode.QUICK));
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		DataSource users = sqlite(this.b);
		this.dataSources.put("users", users);
		this.defined.put("usersBackups", own);
		SqliteBackupRegistry services = services();
		assertThat(services.all().keySet()).containsExactly("tasks", "users");
		assertThat(services.named("users")).isSameAs(own);
		assertThat(services.of(users).directory()).isEqualTo(this.temp.resolve("own"));
	}

	@Test
	void definedServiceOfDataSourceIsTheOneOfIt() {
		DataSource tasks = sqlite(this.a);
		SqliteBackupService own = BackupServices.service(SqliteDatabase.of(tasks), BackupServices.settings());
		this.dataSources.put("tasksDataSource", tasks);
		this.dataSources.put("users", sqlite(this.b));
		this.defined.put("own", own);
		assertThat(services().of(tasks)).isSameAs(own);
		assertThat(services().all()).containsOnlyKeys("tasks", "users").containsEntry("tasks", own);
		assertThat(services().named("own")).isSameAs(own);
	}

	@Test
	void definedServiceOfAnotherFileIsDatabaseOfItsOwn() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		SqliteBackupRegistry services = services();
		this.defined.put("standard", services.named("tasks"));
		this.defined.put("archive", BackupServices.service(this.b));
		assertThat(services.all().keySet()).containsExactly("tasks", "archive");
		assertThat(services.named("archive").database()).isEqualTo(this.b);
	}

	@Test
	void definedServiceMayHaveTheNameOfDatabase() {
		this.dataSources.put("tasksDataSource", sqlite(this.a));
		SqliteBackupRegistry services = services();
		SqliteBackupService tasks = services.named("tasks");
		this.defined.put("tasks", tasks);
		assertThat(services.all().keySet()).containsExactly("tasksDataSource");
		assertThat(services.named("tasks")).isSameAs(tasks);
		this.defined.put("tasks", BackupServices.service(this.b));
		assertThat(services.all().keySet()).containsExactly("tasksDataSource", "tasks");
		assertThat(services.named("tasks").database()).isEqualTo(this.b);
	}

	@Test
	void definedServiceMayBeOneOfThese() {
		DataSource tasks = sqlite(this.a);
		this.dataSources.put("tasksDataSource", tasks);
		this.dataSources.put("users", sqlite(this.b));
		SqliteBackupRegistry services = services();
		this.defined.put("tasksBackups", services.of(tasks));
		assertThat(services.all()).containsEntry("tasks", this.defined.get("tasksBackups")).hasSize(2);
		BackupServices.backup(services.named("tasks"), "x");
	}

	@Test
	void nobodyConnectsToLookForWhatIsAttachedUnlessDatabasesAreToBeFound() {
		Path archive = TestDatabase.create(this.temp.resolve("archive.db"), 1);
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:sqlite:" + this.a);
		config.setConnectionInitSql("ATTACH DATABASE '" + archive + "' AS archive");
		config.setInitializationFailTimeout(-1);
		config.setMaximumPoolSize(1);
		AtomicInteger connections = new AtomicInteger();
		try (HikariDataSource pool = new HikariDataSource(config)) {
			this.dataSources.put("tasksDataSource", new DelegatingDataSource(pool) {

				@Override
				public Connection getConnection() throws SQLException {
					connections.incrementAndGet();
					return super.getConnection();
				}

			});
			SqliteBackupRegistry services = services();
			assertThat(services.locatedByName()).containsOnlyKeys("tasks");
			assertThat(connections).hasValue(0);
			assertThat(services.all()).containsOnlyKeys("tasks", "tasks.archive");
			assertThat(connections).hasValue(1);
		}
	}

	private SqliteBackupRegistry services() {
		return new SqliteBackupRegistry(new Given(), BackupServices.settings(this.directory, VerificationMode.QUICK),
				BackupListener.NONE);
	}

	private List<ILoggingEvent> namesakes() {
		return this.log.ours()
			.stream()
			.filter((event) -> event.getLoggerName().equals(NamesakeLog.class.getName()))
			.toList();
	}

	private static DataSource sqlite(Path file) {
		return sqlite("jdbc:sqlite:" + file);
	}

	private static DataSource sqlite(String url) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl(url);
		return dataSource;
	}

	private static DataSource h2() {
		JdbcDataSource dataSource = new JdbcDataSource();
		dataSource.setURL("jdbc:h2:mem:other");
		return dataSource;
	}

	private final class Given implements DatabaseCandidates {

		@Override
		public Map<String, DataSource> dataSources() {
			return SqliteBackupRegistryTests.this.dataSources;
		}

		@Override
		public Map<String, SqliteBackupService> services() {
			return SqliteBackupRegistryTests.this.defined;
		}

	}

	/**
	 * Belongs to a server that is down.
	 */
	public static final class Unreachable extends AbstractDataSource {

		private final @Nullable String url;

		Unreachable(@Nullable String url) {
			this.url = url;
		}

		public @Nullable String getUrl() {
			return this.url;
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (this.url != null) {
				throw new AssertionError("Connected to " + this.url);
			}
			throw new SQLException("Connection refused");
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

}
