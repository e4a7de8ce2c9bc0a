/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Snapshots hold all that the database holds, so only their owner may look, where the
 * file system has modes.
 */
final class FileModes {

	static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	static final FileAttribute<?>[] OWNER_ONLY_DIRECTORY = attributes("rwx------");

	static final FileAttribute<?>[] OWNER_ONLY_FILE = attributes("rw-------");

	static final FileAttribute<?>[] OWNER_ONLY_PROGRAM = attributes("rwx------");

	private FileModes() {
	}

	private static FileAttribute<?>[] attributes(String mode) {
		if (!POSIX) {
			return new FileAttribute<?>[0];
		}
		FileAttribute<Set<PosixFilePermission>> attribute = PosixFilePermissions
			.asFileAttribute(PosixFilePermissions.fromString(mode));
		return new FileAttribute<?>[] { attribute };
	}

}
