/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.GeneratedMigration;
import dev.quartermaster.backup.support.GeneratedMigration.Content;
import dev.quartermaster.backup.support.GeneratedMigration.Fault;
import dev.quartermaster.backup.support.MigrationGenerator;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link MigrationGenerator} makes what it says, without our own judgement of
 * a loss: what other tests find out with it is worth no more than that.
 */
class MigrationGeneratorTests {

	@TempDir
	private Path directory;

	@Test
	void soundMigrationsKeepEveryValueAndFaultyOnesDoAsTheySay() {
		MigrationGenerator generator = new MigrationGenerator(Campaign.random("generated migrations"));
		for (int number = 0; number < Campaign.scale("migrations", 42); number++) {
			GeneratedMigration migration = generator.next(number / 2, number % 2 == 1);
			List<Fault> faults = faults(migration, number);
			if (migration.fault() != null) {
				assertThat(faults).as("%s", migration).contains(migration.fault());
			}
			else {
				assertThat(faults).as("%s", migration).isEmpty();
			}
		}
	}

	private List<Fault> faults(GeneratedMigration migration, int number) {
		Path database = migration.create(this.directory.resolve(number + ".db"));
		Content before = Content.of(database);
		try {
			migration.migrate(database, migration.write(this.directory.resolve("migrations-" + number)));
		}
		catch (FlywayException ex) {
			return List.of(Fault.FAILURE);
		}
		return Content.of(database).faults(before);
	}

}
