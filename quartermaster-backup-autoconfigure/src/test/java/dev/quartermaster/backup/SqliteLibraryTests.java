/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

import dev.quartermaster.backup.support.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.NativeLibraryNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link SqliteLibrary}, for all that does not need a process in which SQLite
 * cannot be loaded.
 */
class SqliteLibraryTests {

	@TempDir
	private Path directory;

	private boolean mounted;

	@AfterEach
	void unmount() throws Exception {
		if (this.mounted) {
			assertThat(Programs.run("umount", this.directory.toString())).isTrue();
		}
	}

	@Test
	void directoryInWhichFilesCanBeWrittenAndExecutedIsNoObstacle() {
		assertThat(SqliteLibrary.obstacle(this.directory)).isNull();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void directoryThatIsNoneIsAnObstacle() throws Exception {
		Path missing = this.directory.resolve("missing");
		assertThat(SqliteLibrary.obstacle(missing)).contains("cannot be unpacked into " + missing,
				"it does not exist or has disappeared");
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThat(SqliteLibrary.obstacle(file)).contains("cannot be unpacked into " + file);
	}

	@ParameterizedTest
	@EnabledOnOs(OS.LINUX)
	@CsvSource({ "'size=16m,noexec', 'nothing may be executed (the volume is mounted with noexec)'",
			"size=64k, No space left on device", "'size=16m,ro', Read-only file system" })
	void volumeThatTakesOrRunsNoLibraryIsAnObstacle(String options, String obstacle) throws Exception {
		this.mounted = Programs.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", this.directory.toString());
		assumeTrue(this.mounted, "Nothing can be mounted here");
		assertThat(SqliteLibrary.obstacle(this.directory)).contains(obstacle, this.directory.toString());
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void libraryThatIsLoadedIsNotToBlame() {
		SqliteLibrary.require();
		assertThat(SqliteLibrary.isMissing(new SQLException("no", new NoClassDefFoundError("org/other/Driver"))))
			.isFalse();
	}

	@Test
	void libraryThatIsNotFoundIsToBlameHoweverFarDownThatIsSaid() {
		assertThat(SqliteLibrary
			.isMissing(new SQLException("no", new IllegalStateException(new NativeLibraryNotFoundException("none")))))
			.isTrue();
	}

}
