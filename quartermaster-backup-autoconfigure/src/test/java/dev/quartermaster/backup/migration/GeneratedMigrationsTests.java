/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.GeneratedMigration;
import dev.quartermaster.backup.support.GeneratedMigration.Content;
import dev.quartermaster.backup.support.GeneratedMigration.Fault;
import dev.quartermaster.backup.support.MigrationGenerator;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link MigrationAudit} with migrations that nobody has thought of, half of
 * them with a fault: each of these is found, and no other.
 */
class GeneratedMigrationsTests {

	@TempDir
	private Path directory;

	@Test
	void everyFaultIsFoundAndNoSoundMigrationIsBlamed() throws IOException {
		List<String> mistakes = new ArrayList<>();
		MigrationGenerator generator = new MigrationGenerator(Campaign.random("generated migrations"));
		for (int number = 0; number < Campaign.scale("migrations", 100); number++) {
			GeneratedMigration migration = generator.next(number / 2, number % 2 == 1);
			Path database = migration.create(this.directory.resolve("app.db"));
			Path before = Files.copy(database, this.directory.resolve("before.db"));
			assertDoesWhatItSays(migration, before, database);
			if (migration.fault() != Fault.FAILURE) {
				List<DataLoss> losses = new MigrationAudit(List.of()).compare(database, before).losses();
				if (!isRight(losses, migration.fault())) {
					mistakes.add("Found " + losses + " in " + migration);
				}
			}
			Files.delete(database);
			Files.delete(before);
		}
		assertThat(mistakes).isEmpty();
	}

	/**
	 * Without our own judgement of a loss, which would be worth nothing otherwise.
	 */
	private void assertDoesWhatItSays(GeneratedMigration migration, Path before, Path database) {
		List<Fault> faults = faults(migration, before, database);
		if (migration.fault() != null) {
			assertThat(faults).as("%s", migration).contains(migration.fault());
		}
		else {
			assertThat(faults).as("%s", migration).isEmpty();
		}
	}

	private List<Fault> faults(GeneratedMigration migration, Path before, Path database) {
		try {
			migration.migrate(database, migration.write(this.directory.resolve("migrations")));
		}
		catch (FlywayException ex) {
			return List.of(Fault.FAILURE);
		}
		return Content.of(database).faults(Content.of(before));
	}

	private static boolean isRight(List<DataLoss> losses, @Nullable Fault fault) {
		return (fault != null) ? losses.stream().anyMatch((loss) -> loss.kind().name().equals(fault.name()))
				: losses.isEmpty();
	}

}
