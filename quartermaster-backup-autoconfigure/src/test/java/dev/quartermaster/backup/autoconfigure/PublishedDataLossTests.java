/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.PublishedLoss;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that no application loses data in silence in any way that has been published,
 * from the first start of a new version to the last line of the report.
 */
@ExtendWith(OutputCaptureExtension.class)
class PublishedDataLossTests {

	private static final String FAIL = "--quartermaster.backup.migration.on-data-loss=fail";

	private static final String RESTORE = "--quartermaster.backup.migration.restore-on-error=true";

	private static final String REHEARSE = "--quartermaster.backup.migration.rehearse=true";

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = this.directory.resolve("app.db");
	}

	/**
	 * All at once, and in a campaign each alone as well.
	 */
	static Stream<Arguments> losses() {
		List<List<PublishedLoss>> losses = new ArrayList<>();
		losses.add(List.of(PublishedLoss.values()));
		Stream.of(PublishedLoss.values()).limit(Campaign.scale("losses-alone", 0)).map(List::of).forEach(losses::add);
		return losses.stream().flatMap((loss) -> Stream.of(Arguments.of(loss, "DELETE"), Arguments.of(loss, "WAL")));
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossIsNamed(List<PublishedLoss> losses, String journalMode, CapturedOutput output) {
		String locations = create(losses, journalMode);
		start(locations).close();
		assertThat(output.toString()).contains("DATA LOSS").contains(PublishedLoss.lines(losses));
		assertThat(Migrations.versions(this.database)).hasSize(1 + losses.size());
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossIsUndone(List<PublishedLoss> losses, String journalMode, CapturedOutput output) {
		String locations = create(losses, journalMode);
		byte[] content = TestDatabase.bytes(this.database);
		assertThatException().isThrownBy(() -> start(locations, FAIL, RESTORE));
		assertThat(output.toString()).contains("APPLICATION FAILED TO START").contains(PublishedLoss.lines(losses));
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(content);
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossNeverHappensWhereItIsRehearsed(List<PublishedLoss> losses, String journalMode, CapturedOutput output)
			throws IOException {
		String locations = create(losses, journalMode);
		byte[] content = Files.readAllBytes(this.database);
		FileTime changed = Files.getLastModifiedTime(this.database);
		assertThatException().isThrownBy(() -> start(locations, REHEARSE));
		assertThat(output.toString()).contains("APPLICATION FAILED TO START").contains(PublishedLoss.lines(losses));
		assertThat(this.database).hasBinaryContent(content);
		assertThat(Files.getLastModifiedTime(this.database)).isEqualTo(changed);
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossByLiquibaseIsNamed(List<PublishedLoss> losses, String journalMode, CapturedOutput output) {
		String changeLog = createForLiquibase(losses, journalMode);
		startWithLiquibase(changeLog).close();
		assertThat(output.toString()).contains("DATA LOSS").contains(PublishedLoss.lines(losses));
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossByLiquibaseIsUndone(List<PublishedLoss> losses, String journalMode, CapturedOutput output) {
		String changeLog = createForLiquibase(losses, journalMode);
		byte[] content = TestDatabase.bytes(this.database);
		assertThatException().isThrownBy(() -> startWithLiquibase(changeLog, FAIL, RESTORE));
		assertThat(output.toString()).contains("APPLICATION FAILED TO START").contains(PublishedLoss.lines(losses));
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(content);
	}

	@ParameterizedTest
	@MethodSource("losses")
	void lossByLiquibaseNeverHappensWhereItIsRehearsed(List<PublishedLoss> losses, String journalMode,
			CapturedOutput output) throws IOException {
		String changeLog = createForLiquibase(losses, journalMode);
		byte[] content = Files.readAllBytes(this.database);
		FileTime changed = Files.getLastModifiedTime(this.database);
		assertThatException().isThrownBy(() -> startWithLiquibase(changeLog, REHEARSE));
		assertThat(output.toString()).contains("APPLICATION FAILED TO START").contains(PublishedLoss.lines(losses));
		assertThat(this.database).hasBinaryContent(content);
		assertThat(Files.getLastModifiedTime(this.database)).isEqualTo(changed);
	}

	private String create(List<PublishedLoss> losses, String journalMode) {
		Migrations.atFirst(this.database);
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		losses.forEach((loss) -> loss.create(this.database));
		return Migrations.FIRST + "," + PublishedLoss.writeForFlyway(losses, this.directory.resolve("migrations"));
	}

	private String createForLiquibase(List<PublishedLoss> losses, String journalMode) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		losses.forEach((loss) -> loss.create(this.database));
		return PublishedLoss.writeForLiquibase(losses, this.directory);
	}

	private ConfigurableApplicationContext start(String locations, String... arguments) {
		return TestApplication.start(TestApplication.arguments(url(), locations, arguments));
	}

	private ConfigurableApplicationContext startWithLiquibase(String changeLog, String... arguments) {
		return new SpringApplicationBuilder(LiquibaseApplication.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.liquibase.change-log=" + changeLog)
			.run(TestApplication.arguments(url(), "", arguments));
	}

	private String url() {
		return "jdbc:sqlite:" + this.database + "?foreign_keys=on";
	}

	/**
	 * An application that migrates with Liquibase.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { HibernateJpaAutoConfiguration.class, FlywayAutoConfiguration.class })
	static class LiquibaseApplication {

	}

}
