/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What makes files outlast a power cut.
 */
final class DurableFiles {

	private DurableFiles() {
	}

	/**
	 * Flush a file, or the names in a directory, to disk. Never to be used on a live
	 * database, which it opens.
	 */
	static void flush(Path path) throws IOException {
		if (!FileModes.POSIX && FileState.of(path).kind() == FileState.Kind.DIRECTORY) {
			// Windows neither lets a directory be opened nor needs it.
			return;
		}
		// Only Windows wants to be asked for a file that may be written to.
		try (FileChannel channel = FileChannel.open(path,
				FileModes.POSIX ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
			channel.force(true);
		}
	}

}
