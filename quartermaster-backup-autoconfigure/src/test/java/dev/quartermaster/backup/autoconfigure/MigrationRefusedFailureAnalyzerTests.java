/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import dev.quartermaster.backup.support.Migrations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link MigrationRefusedFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MigrationRefusedFailureAnalyzerTests {

	@TempDir
	private Path directory;

	@Test
	void refusalIsReportedWithWhatToDo(CapturedOutput output) throws IOException {
		Path database = Migrations.atFirst(this.directory.resolve("app.db"));
		Path impossible = Contexts.belowRegularFile(this.directory);
		String[] arguments = TestApplication.arguments(database, Migrations.FIRST_AND_SECOND,
				"--quartermaster.backup.dir=" + impossible, "--quartermaster.backup.migration.on-failure=abort");
		assertThatException().isThrownBy(() -> TestApplication.start(arguments).close());
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START", "Description:",
				"The database was not migrated, because no snapshot could be taken first." + " The backup directory "
						+ impossible + " cannot be written to (",
				").\n", "Action:",
				"Give this process write access to it, or choose another directory with quartermaster.backup.dir."
						+ " To migrate without a snapshot this once,"
						+ " set quartermaster.backup.migration.on-failure=continue.\n");
		assertThat(output).doesNotContain("\tat ");
		assertThat(Migrations.versions(database)).containsExactly("1");
	}

}
