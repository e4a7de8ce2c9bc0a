/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the system calls alone cost that SQLite's backup API makes: one read and one write
 * for each page, and nothing else. Flushed early like a snapshot is. No copy by that API
 * can be faster, unless the database is mapped into memory.
 */
public final class PageByPage {

	private static final int PAGE_SIZE = 4096;

	private PageByPage() {
	}

	/**
	 * Copy a file that nobody writes to, until it is on disk.
	 * @param source the file
	 * @param target where to, which does not exist yet
	 * @throws IOException if it fails
	 */
	public static void copy(Path source, Path target) throws IOException {
		ByteBuffer page = ByteBuffer.allocateDirect(PAGE_SIZE);
		try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ);
				FileChannel to = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			EarlyFlush flush = new EarlyFlush(target, from.size());
			try {
				for (long position = 0; from.read(page, position) > 0; position += PAGE_SIZE) {
					to.write(page.flip(), position);
					page.clear();
				}
			}
			finally {
				flush.stop();
			}
			to.force(true);
		}
	}

}
