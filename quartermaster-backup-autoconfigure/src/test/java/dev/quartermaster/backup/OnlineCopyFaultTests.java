/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for an {@link OnlineCopy} whose destination is not what it should be.
 */
class OnlineCopyFaultTests {

	private static final int ROWS = 1000;

	private static final Progress UNHEARD = (bytes, total) -> {
	};

	@TempDir
	private Path temp;

	private Path database;

	private Path destination;

	@BeforeEach
	void createDatabase() throws Exception {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		this.destination = Files.createFile(this.temp.resolve("copy.db"));
	}

	@Test
	void saysThatDirectoryDisappeared() {
		this.destination = this.temp.resolve("missing").resolve("copy.db");
		assertFails(UNHEARD, "disappeared while it was being written");
	}

	@Test
	void saysThatItCouldNotBeWritten() throws Exception {
		this.destination = Files.createDirectory(this.temp.resolve("directory"));
		assertFails(UNHEARD, "could not be written");
	}

	@ParameterizedTest
	@ValueSource(ints = { 20, 4096, 8191 })
	@DisabledOnOs(OS.WINDOWS)
	void saysThatEndIsMissing(int size) throws Exception {
		assertFails((bytes, total) -> TestDatabase.truncate(this.destination, size),
				"has " + size + " bytes instead of " + Files.size(this.database));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 19 })
	@DisabledOnOs(OS.WINDOWS)
	void saysThatItIsEmpty(int size) {
		assertFails((bytes, total) -> TestDatabase.truncate(this.destination, size), "the copy is empty");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void saysThatThereIsMoreThanThereShouldBe() throws Exception {
		long size = Files.size(this.database);
		assertFails((bytes, total) -> TestDatabase.overwrite(this.destination, size, (byte) 1),
				"has " + (size + 1) + " bytes instead of " + size);
	}

	@Test
	void goesOnWhenItCannotTellHowFarItHasCome() {
		copy((bytes, total) -> {
			throw new IllegalStateException("no matter");
		});
		assertThat(TestDatabase.items(this.destination)).hasSize(ROWS);
	}

	private void assertFails(Progress progress, String problem) {
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> copy(progress))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining(this.database.toString())
			.withMessageContaining(problem);
	}

	private void copy(Progress progress) {
		try (CopySource source = CopySource.open(LiveDatabase.of(this.database), Duration.ofSeconds(10))) {
			new OnlineCopy(source).to(this.destination, progress);
		}
	}

}
