/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

	private static BackupSettings settings(@Nullable Path directory, Duration busyTimeout, long minFreeSpace) {
		return new BackupSettings(directory, VerificationMode.QUICK, busyTimeout, ZoneOffset.UTC, minFreeSpace);
	}

}
