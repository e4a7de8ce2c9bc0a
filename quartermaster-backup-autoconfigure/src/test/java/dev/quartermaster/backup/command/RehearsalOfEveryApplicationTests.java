/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the command that rehearses, in processes of applications of several kinds.
 * Each adds a row to every item when its bean is made.
 */
@Tag("process")
class RehearsalOfEveryApplicationTests {

	@TempDir
	private Path directory;

	private Path home;

	private Path database;

	@BeforeEach
	void makeDatabase() throws Exception {
		this.home = this.directory.toRealPath();
		this.database = this.home.resolve("app.db");
		TestDatabase.create(this.database, 3);
		Files.writeString(this.home.resolve("application.properties"),
				"spring.datasource.url=jdbc:sqlite:app.db?foreign_keys=on");
	}

	@Test
	void contextOfItsParentIsNotItsEndAndFilesOfTheApplicationThatRunsAreLeftAlone() throws Exception {
		Path pid = Files.writeString(this.home.resolve("app.pid"), "1");
		Run run = rehearse(WithParent.class, "--url", "jdbc:sqlite:app.db", "--logging.file.name=app.log",
				"--spring.pid.file=app.pid");
		assertThat(run.exit()).as(run.all()).isZero();
		assertThat(run.out()).containsPattern("item +3 +4").contains("loses none of it");
		assertThat(this.home.resolve("app.log")).doesNotExist();
		assertThat(pid).hasContent("1");
		assertUntouched();
	}

	@Test
	void databaseThatIsConfiguredInCodeIsNotOpened() throws Exception {
		Run run = rehearse(ConfiguredInCode.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("The bean dataSource opens the database " + this.database + " itself")
			.contains("The database was not touched.");
		assertUntouched();
	}

	@Test
	void failedApplicationEndsWhateverThreadItLeaves() throws Exception {
		Run run = rehearse(Hanging.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("it failed with exit code 1 and the report above");
		assertUntouched();
	}

	@Test
	void databaseWithoutCopyIsNotOpened() throws Exception {
		Path second = this.home.resolve("second.db");
		TestDatabase.create(second, 2);
		byte[] before = Files.readAllBytes(second);
		Run run = rehearse(WithSecond.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("The bean secondDataSource opens the database " + second + " itself");
		assertThat(second).hasBinaryContent(before);
		assertUntouched();
	}

	@Test
	void databaseThatIsChosenFromIsNotOpened() throws Exception {
		Path tenant = this.home.resolve("tenant.db");
		TestDatabase.create(tenant, 2);
		Run run = rehearse(Routing.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("The bean router opens the database " + tenant + " itself");
		assertUntouched();
	}

	@Test
	void copyThatNobodyOpensIsNotTakenOver() throws Exception {
		Run run = rehearse(WithoutDataSource.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("It is unknown whether").contains("no DataSource of it leads to the copy");
		assertThat(run.out()).doesNotContain("can take over");
		assertUntouched();
	}

	@Test
	void databaseThatIsAttachedIsNotOpened() throws Exception {
		Path archive = this.home.resolve("archive.db");
		TestDatabase.create(archive, 1);
		Run run = rehearse(Attaching.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("attach the database " + archive);
		assertThat(TestDatabase.items(archive)).hasSize(1);
	}

	@Test
	void applicationThatSwallowsItsFailureHasFailed() throws Exception {
		TestDatabase.execute(this.database, "DROP TABLE item", "CREATE TABLE other (id INTEGER PRIMARY KEY)");
		Run run = rehearse(Swallowing.class);
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("it ended before it was ready");
	}

	@Test
	void givenDatabaseStandsForTheOneThatIsConfigured() throws Exception {
		Path other = this.home.resolve("other.db");
		TestDatabase.create(other, 7);
		Run run = rehearse(Plain.class, "--url", "jdbc:sqlite:other.db", "--json");
		assertThat(run.exit()).as(run.all()).isZero();
		assertThat(run.out()).contains("\"database\":\"" + other + "\"", "\"rowsBefore\":7,\"rowsAfter\":8");
		assertUntouched();
		assertThat(TestDatabase.items(other)).hasSize(7);
	}

	@Test
	void copyThatIsBeingMadeIsGoneAfterAnInterruption() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		TestDatabase.execute(this.database, "CREATE TABLE large AS SELECT randomblob(1000000) AS content");
		Process traced = JavaProcess.startFaulty(this.home.resolve("trace"),
				List.of("pwrite64:delay_enter=" + Duration.ofSeconds(2).toNanos() / 1000),
				List.of("-Djarmode=dbbackup"), Plain.class, "rehearse", "--url", TestDatabase.url(this.database));
		try {
			Path backups = this.home.resolve("backups");
			while (BackupDirectory.leftovers(backups).stream().noneMatch((file) -> file.toFile().length() > 0)) {
				assertThat(traced.isAlive()).isTrue();
				Thread.sleep(20);
			}
			traced.children().forEach(ProcessHandle::destroy);
			assertThat(traced.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(backups).isEmptyDirectory();
			assertUntouched();
		}
		finally {
			traced.descendants().forEach(ProcessHandle::destroyForcibly);
		}
	}

	private void assertUntouched() {
		assertThat(TestDatabase.items(this.database)).hasSize(3);
		assertThat(this.home.resolve(Service.STARTED)).doesNotExist();
	}

	private Run rehearse(Class<?> main, String... words) throws Exception {
		Path err = this.home.resolve("err");
		String[] all = new String[words.length + 1];
		all[0] = "rehearse";
		System.arraycopy(words, 0, all, 1, words.length);
		Process process = JavaProcess.startIn(this.home, err, Map.of("QUARTERMASTER_DB_URL", ""),
				List.of("-Djarmode=dbbackup"), main, all);
		String out = new String(process.getInputStream().readAllBytes());
		return new Run(process.waitFor(), out, Files.readString(err));
	}

	private record Run(int exit, String out, String err) {

		String all() {
			return this.out + this.err;
		}

	}

	/**
	 * What serves when the application is started, which leaves a file behind.
	 */
	static final class Service implements SmartLifecycle {

		static final String STARTED = "started";

		@Override
		public void start() {
			TestDatabase.create(Path.of(STARTED), 0);
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	abstract static class Context {

		@Bean
		Object migration(HikariDataSource dataSource) {
			new JdbcTemplate(dataSource).update("INSERT INTO item (name) VALUES ('added')");
			return new Object();
		}

		@Bean
		Service service() {
			return new Service();
		}

		static HikariDataSource of(String url) {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setJdbcUrl(url);
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Parent {

		@Bean
		Object parent() {
			return new Object();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Configured extends Context {

		@Bean
		HikariDataSource dataSource(@Value("${spring.datasource.url}") String url) {
			return of(url);
		}

	}

	static final class Plain {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Configured.class).web(WebApplicationType.NONE).run(args);
		}

	}

	static final class WithParent {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Parent.class).web(WebApplicationType.NONE)
				.listeners(new ApplicationPidFileWriter())
				.child(Configured.class)
				.web(WebApplicationType.NONE)
				.run(args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InCode extends Context {

		@Bean
		HikariDataSource dataSource() {
			return of("jdbc:sqlite:app.db");
		}

	}

	static final class ConfiguredInCode {

		public static void main(String[] args) {
			new SpringApplicationBuilder(InCode.class).web(WebApplicationType.NONE).run(args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithArchive extends Context {

		@Bean
		HikariDataSource dataSource(@Value("${spring.datasource.url}") String url) {
			HikariDataSource dataSource = of(url);
			dataSource.setConnectionInitSql("ATTACH DATABASE 'archive.db' AS archive");
			return dataSource;
		}

	}

	static final class Attaching {

		public static void main(String[] args) {
			new SpringApplicationBuilder(WithArchive.class).web(WebApplicationType.NONE).run(args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDatabases extends Configured {

		@Bean(defaultCandidate = false)
		HikariDataSource secondDataSource() {
			// To open it is to change it.
			HikariDataSource second = of("jdbc:sqlite:second.db?journal_mode=WAL");
			second.setConnectionInitSql("DELETE FROM item");
			return second;
		}

	}

	static final class WithSecond {

		public static void main(String[] args) {
			new SpringApplicationBuilder(TwoDatabases.class).web(WebApplicationType.NONE).run(args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithTenants extends Configured {

		@Bean(defaultCandidate = false)
		AbstractRoutingDataSource router(HikariDataSource dataSource) {
			AbstractRoutingDataSource router = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return "tenant";
				}

			};
			router.setDefaultTargetDataSource(dataSource);
			router.setTargetDataSources(Map.of("tenant", of("jdbc:sqlite:tenant.db")));
			return router;
		}

	}

	static final class Routing {

		public static void main(String[] args) {
			new SpringApplicationBuilder(WithTenants.class).web(WebApplicationType.NONE).run(args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		@Bean
		Object failure() {
			new Thread(LockSupport::park).start();
			throw new IllegalStateException("Failed as intended");
		}

	}

	static final class Hanging {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Failing.class).web(WebApplicationType.NONE).run(args);
		}

	}

	static final class WithoutDataSource {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Parent.class).web(WebApplicationType.NONE).run(args);
		}

	}

	static final class Swallowing {

		public static void main(String[] args) {
			try {
				SpringApplication application = new SpringApplication(Configured.class);
				application.setWebApplicationType(WebApplicationType.NONE);
				application.run(args);
			}
			catch (RuntimeException ex) {
				System.exit(0);
			}
		}

	}

}
