/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.SchemaFits;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MigrationsOfRelease} and {@link SnapshotBefore} with Liquibase; those
 * with Flyway are in {@link ManifestCommandTests}.
 */
class MigrationsOfReleaseTests {

	@TempDir
	private Path directory;

	private Path database;

	private SqliteBackupService service;

	@BeforeEach
	void setUp() {
		this.database = this.directory.resolve("app.db");
		this.service = BackupServices.service(this.database);
	}

	@Test
	void snapshotFitsOrIsOlderOrNewer() throws Exception {
		Snapshot second = snapshotWith("1", "2");
		release("1", "2");
		assertThat(fit(second)).contains("fits");
		release("1", "2", "3", "4");
		assertThat(fit(second)).contains("older: 2 change sets to apply");
		release("1");
		assertThat(fit(second)).contains("newer");
	}

	@Test
	void nothingIsSaidOfAnotherChangeLog() throws Exception {
		Snapshot second = snapshotWith("1", "2");
		release("new baseline");
		assertThat(fit(second)).isEmpty();
		release("1", "of another branch");
		assertThat(fit(second)).isEmpty();
		Files.delete(log());
		assertThat(fit(second)).isEmpty();
	}

	@Test
	void changeSetsThatWereRemovedDoNotMakeSnapshotNewer() throws Exception {
		Snapshot second = snapshotWith("1", "2");
		release("2", "3");
		assertThat(fit(second)).contains("older: 1 change set to apply");
	}

	@Test
	void newestFromBeforeChangeSetIsFound() throws Exception {
		Snapshot first = snapshotWith("1");
		Snapshot second = snapshotWith("1", "2");
		snapshotWith("1", "2", "3");
		assertThat(SnapshotBefore.find(this.service, "3")).isEqualTo(second);
		assertThat(SnapshotBefore.find(this.service, "2::jo")).isEqualTo(first);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> SnapshotBefore.find(this.service, "1"))
			.withMessageContaining("There is no snapshot from before the change set 1");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> SnapshotBefore.find(this.service, "4"))
			.withMessageContaining("The change set 4 was not applied to the database");
		update("1", "2", "3", "4");
		assertThat(SnapshotBefore.find(this.service, "4").name().reason().slug()).isEqualTo("with-3");
	}

	@Test
	void ownSnapshotIsNotNewerEvenIfItsChangeSetsAreNotFound() throws Exception {
		ApplicationRelease own = new ApplicationRelease("shop", "1.0.0");
		this.service = new SqliteBackupService(SqliteDatabase.of(this.database),
				BackupServices.settings().withApplication(own), BackupListener.NONE);
		Snapshot second = snapshotWith("1", "2");
		release("1");
		SnapshotManifest manifest = SnapshotManifests.find(second).orElseThrow();
		assertThat(migrations().fits().of(second.file(), manifest)).isEmpty();
		assertThat(migrations().fits().inside(second.file(), Optional.of(manifest))).isEmpty();
	}

	@Test
	void snapshotsOfTheSameVersionMayHaveDifferentChangeSets() throws Exception {
		Snapshot both = snapshotWith("1", "2");
		TestDatabase.execute(this.database, "DELETE FROM DATABASECHANGELOG WHERE id = '1'");
		Snapshot one = BackupServices.backup(this.service, "without the first").snapshot();
		SchemaFits fits = migrations().fits();
		assertThat(fits.of(both.file(), SnapshotManifests.find(both).orElseThrow()).map(Object::toString))
			.contains("fits");
		assertThat(fits.of(one.file(), SnapshotManifests.find(one).orElseThrow()).map(Object::toString))
			.contains("older: 1 change set to apply");
	}

	@Test
	void nothingIsKnownWhereLiquibaseIsSwitchedOff() throws Exception {
		Snapshot second = snapshotWith("1", "2");
		MigrationsOfRelease migrations = new MigrationsOfRelease(
				Map.of("spring.liquibase.change-log", "file:" + log(), "spring.liquibase.enabled", "False"),
				new ApplicationRelease("shop", "1.0.0"));
		assertThat(migrations.fits().inside(second.file(), Optional.empty())).isEmpty();
	}

	private Optional<String> fit(Snapshot snapshot) {
		MigrationsOfRelease migrations = migrations();
		Optional<String> fit = migrations.fits()
			.of(snapshot.file(), SnapshotManifests.find(snapshot).orElseThrow())
			.map(Object::toString);
		assertThat(migrations.fits().inside(snapshot.file(), Optional.empty()).map(Object::toString)).isEqualTo(fit);
		return fit;
	}

	private MigrationsOfRelease migrations() {
		return new MigrationsOfRelease(Map.of("spring.liquibase.change-log", "file:" + log()),
				new ApplicationRelease("shop", "1.0.0"));
	}

	private Snapshot snapshotWith(String... ids) throws Exception {
		update(ids);
		return BackupServices.backup(this.service, "with " + ids.length).snapshot();
	}

	private void update(String... ids) throws Exception {
		release(ids);
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setResourceLoader(new DefaultResourceLoader());
		liquibase.setDataSource(new DriverManagerDataSource(TestDatabase.url(this.database)));
		liquibase.setChangeLog("file:" + log());
		liquibase.afterPropertiesSet();
	}

	private void release(String... ids) {
		String changes = Stream.of(ids)
			.map((id) -> "--changeset jo:\"%s\"\nCREATE TABLE \"t%s\" (id INTEGER);\n".formatted(id, id))
			.collect(Collectors.joining());
		try {
			Files.writeString(log(), "--liquibase formatted sql\n" + changes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path log() {
		return this.directory.resolve("changes.sql");
	}

}
