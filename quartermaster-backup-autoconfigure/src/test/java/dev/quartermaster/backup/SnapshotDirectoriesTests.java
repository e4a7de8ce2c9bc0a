/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.quartermaster.backup.support.BackupServices;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SnapshotDirectories}.
 */
class SnapshotDirectoriesTests {

	@TempDir
	private Path temp;

	private Path a;

	private Path b;

	private Path shared;

	@BeforeEach
	void setUp() throws IOException {
		this.temp = this.temp.toRealPath();
		this.a = this.temp.resolve("a/app.db");
		this.b = this.temp.resolve("b/app.db");
		this.shared = this.temp.resolve("shared");
	}

	@Test
	void databasesInDirectoriesOfTheirOwnHaveBackupsBesideThem() {
		SnapshotDirectories directories = directories(null, Map.of("tasks", this.a, "users", this.b));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.temp.resolve("a/backups"));
		assertThat(directories.directoryFor(this.b)).isEqualTo(this.temp.resolve("b/backups"));
	}

	@Test
	void databasesOfDifferentNamesShareDirectory() {
		Path other = this.temp.resolve("b/other.db");
		SnapshotDirectories directories = directories(this.shared, Map.of("tasks", this.a, "users", other));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.shared);
		assertThat(directories.directoryFor(other)).isEqualTo(this.shared);
	}

	@Test
	void databasesOfTheSameNameDoNotShareDirectory() {
		Path other = this.temp.resolve("b/other.db");
		SnapshotDirectories directories = directories(this.shared,
				Map.of("tasks", this.a, "users", this.b, "other", other));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.shared.resolve("tasks"));
		assertThat(directories.directoryFor(this.b)).isEqualTo(this.shared.resolve("users"));
		assertThat(directories.directoryFor(other)).isEqualTo(this.shared);
	}

	@Test
	void databasesThatDifferInExtensionOnlyDoNotShareDirectory() {
		Path other = this.temp.resolve("a/app.sqlite");
		SnapshotDirectories directories = directories(null, Map.of("tasks", this.a, "users", other));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.temp.resolve("a/backups/tasks"));
		assertThat(directories.directoryFor(other)).isEqualTo(this.temp.resolve("a/backups/users"));
	}

	@Test
	void databaseThatNobodyNamedKeepsOutOfTheWay() {
		SnapshotDirectories directories = directories(this.shared, Map.of("tasks", this.a));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.shared);
		assertThat(directories.directoryFor(this.b)).hasParentRaw(this.shared)
			.isEqualTo(directories.directoryFor(this.b.resolveSibling("app.sqlite")));
		assertThat(directories.directoryFor(this.temp.resolve("b/other.db"))).isEqualTo(this.shared);
	}

	@ParameterizedTest
	@CsvSource({ "task list, task+list", "../up, %2E.%2Fup", "., %2E", ".., %2E.", "a/b, a%2Fb", "a*b?, a%2Ab%3F" })
	void namesThatAreNoFileNamesStayInDirectory(String name, String directory) {
		SnapshotDirectories directories = directories(this.shared, Map.of(name, this.a, "users", this.b));
		assertThat(directories.directoryFor(this.a)).isEqualTo(this.shared.resolve(directory))
			.hasParentRaw(this.shared);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void pathsOfOneFileAreOneDatabase() throws IOException {
		Files.createDirectory(this.temp.resolve("a"));
		Path link = Files.createSymbolicLink(this.temp.resolve("link"), this.temp.resolve("a")).resolve("app.db");
		for (int i = 0; i < 2; i++) {
			SnapshotDirectories directories = directories(this.shared, Map.of("tasks", this.a));
			assertThat(directories.directoryFor(link)).isEqualTo(this.shared);
			assertThat(directories.namesakes(link)).isEmpty();
			if (i == 0) {
				Files.createFile(this.a);
			}
		}
	}

	private static SnapshotDirectories directories(@Nullable Path directory, Map<String, Path> databases) {
		return new SnapshotDirectories(BackupServices.settings(directory, VerificationMode.QUICK), databases);
	}

}
