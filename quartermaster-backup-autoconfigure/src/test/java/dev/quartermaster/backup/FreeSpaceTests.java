/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import dev.quartermaster.backup.support.BackupDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FreeSpace}. What shows on a volume that is full is tested in
 * {@link FullDiskTests}.
 */
class FreeSpaceTests {

	@TempDir
	private Path directory;

	@Test
	void isTooLittleWhenSnapshotItselfTakesWhatMustBeLeft() {
		long free = this.directory.toFile().getUsableSpace();
		FreeSpace space = new FreeSpace(this.directory);
		space.require(free / 4, free / 4);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> space.require(free / 2, free / 4 * 3))
			.satisfies(BackupDirectory::assertClear);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void isEnoughWhereFileSystemDoesNotTell() {
		Path silent = Path.of("/proc");
		assertThat(silent.toFile().getTotalSpace()).isZero();
		new FreeSpace(silent).require(1, Long.MAX_VALUE);
	}

}
