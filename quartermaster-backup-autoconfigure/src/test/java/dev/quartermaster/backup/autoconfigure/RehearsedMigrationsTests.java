/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.GeneratedMigration;
import dev.quartermaster.backup.support.MigrationGenerator;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the rehearsal with migrations that nobody has thought of, half of them with a
 * fault: each of these is refused while the database is as it was, and no other.
 */
class RehearsedMigrationsTests {

	@TempDir
	private Path temp;

	@Test
	void everyFaultyMigrationIsRefusedAndNoSoundOneIs() throws IOException {
		Random random = Campaign.random("rehearsed migrations");
		MigrationGenerator generator = new MigrationGenerator(random);
		for (int number = 0; number < Campaign.scale("rehearsals", 8); number++) {
			GeneratedMigration migration = generator.next(random.nextInt(1000), number % 2 == 1);
			Path directory = Files.createDirectory(this.temp.resolve("application-" + number));
			Path database = migration.create(directory.resolve("app.db"));
			TestDatabase.execute(database, "PRAGMA journal_mode = " + (random.nextBoolean() ? "WAL" : "DELETE"));
			if (migration.fault() != null) {
				assertRefused(migration, database);
			}
			else {
				assertMigrated(migration, database);
			}
			assertThat(BackupDirectory.leftovers(directory.resolve("backups"))).as("leftovers").isEmpty();
		}
	}

	private void assertRefused(GeneratedMigration migration, Path database) throws IOException {
		byte[] content = Files.readAllBytes(database);
		FileTime changed = Files.getLastModifiedTime(database);
		start(migration, database, true);
		assertThat(Files.readAllBytes(database)).as("%s", migration).isEqualTo(content);
		assertThat(Files.getLastModifiedTime(database)).as("%s", migration).isEqualTo(changed);
	}

	private void assertMigrated(GeneratedMigration migration, Path database) {
		start(migration, database, false);
		assertThat(Migrations.versions(database)).as("%s", migration).containsExactly("1", "2");
	}

	private void start(GeneratedMigration migration, Path database, boolean fails) {
		Contexts.runner(migration.url(database), migration.write(database.resolveSibling("migrations")))
			.withPropertyValues("spring.flyway.baseline-on-migrate=true",
					"quartermaster.backup.migration.rehearse=true")
			.run((context) -> {
				if (fails) {
					assertThat(context).as("%s", migration).hasFailed();
				}
				else {
					assertThat(context).as("%s", migration).hasNotFailed();
				}
			});
	}

}
