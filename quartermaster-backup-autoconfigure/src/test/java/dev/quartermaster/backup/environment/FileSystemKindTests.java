/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FileSystemKind}.
 */
class FileSystemKindTests {

	@ParameterizedTest
	@CsvSource({ "overlay, OF_CONTAINER", "fuse.fuse-overlayfs, OF_CONTAINER", "tmpfs, IN_MEMORY", "ramfs, IN_MEMORY",
			"nfs, NETWORK", "nfs4, NETWORK", "cifs, NETWORK", "smb3, NETWORK", "SMBFS, NETWORK", "9p, NETWORK",
			"fuse.sshfs, NETWORK", "ext4, LASTING", "xfs, LASTING", "btrfs, LASTING", "zfs, LASTING", "apfs, LASTING",
			"NTFS, LASTING", "fuseblk, LASTING", "virtiofs, LASTING", "'', LASTING" })
	void isKnownByType(String type, FileSystemKind kind) {
		assertThat(FileSystemKind.of(type)).isEqualTo(kind);
	}

}
