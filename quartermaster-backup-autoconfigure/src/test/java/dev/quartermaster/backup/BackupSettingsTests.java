/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BackupSettings}.
 */
class BackupSettingsTests {

	@Test
	void mayBeToWaitForNoLockAndToLeaveNoSpace() {
		BackupSettings settings = settings(null, Duration.ZERO, 0);
		assertThat(settings.busyTimeout()).isZero();
		assertThat(settings.minFreeSpace()).isZero();
	}

	@Test
	void areNotNegative() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(null, Duration.ofMillis(-1), 0))
			.withMessageContaining("busy timeout");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(null, Duration.ZERO, -1))
			.withMessageContaining("free space");
	}

	@Test
	void putSnapshotsBesideDatabaseUnlessDirectoryIsChosen() {
		Path database = Path.of("data", "app.db").toAbsolutePath();
		assertThat(settings(null, Duration.ZERO, 0).directoryFor(database))
			.isEqualTo(database.resolveSibling("backups"));
		assertThat(settings(Path.of("some", "..", "where"), Duration.ZERO, 0).directoryFor(database))
			.isEqualTo(Path.of("where").toAbsolutePath());
	}

	@Test
	void putSnapshotsOfTestsBesideDatabaseWhereverThatLeavesNothingNewAmongSources(@TempDir Path temp)
			throws IOException {
		Path project = Files.createDirectory(temp.resolve("project"));
		Path build = Files.createDirectory(project.resolve("target"));
		BackupSettings settings = settings(null, Duration.ZERO, 0).withBuildDirectory(build);
		Path used = Files.createDirectories(project.resolve("data/backups"));
		Path link = Files.createSymbolicLink(temp.resolve("link"), project);
		for (Path beside : List.of(build.resolve("app.db"), build.resolve("some/app.db"), temp.resolve("app.db"),
				temp.resolve("project-2/app.db"), used.resolveSibling("app.db"))) {
			assertThat(settings.directoryFor(beside)).isEqualTo(beside.resolveSibling("backups"));
		}
		for (Path source : List.of(project.resolve("app.db"), project.resolve("src/test/resources/app.db"),
				link.resolve("app.db"))) {
			assertThat(settings.directoryFor(source)).isEqualTo(build.resolve("backups"));
			assertThat(settings.withDirectory(temp).directoryFor(source)).isEqualTo(temp);
			assertThat(settings.withBuildDirectory(null).directoryFor(source))
				.isEqualTo(source.resolveSibling("backups"));
		}
	}

	private static BackupSettings settings(@Nullable Path directory, Duration busyTimeout, long minFreeSpace) {
		return new BackupSettings(directory, VerificationMode.QUICK, busyTimeout, ZoneOffset.UTC, minFreeSpace);
	}

}
