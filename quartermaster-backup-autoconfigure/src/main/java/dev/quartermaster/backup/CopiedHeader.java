/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The header of a copied database, which nobody else has open yet.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_database_header">The database
 * header</a>
 */
final class CopiedHeader {

	private static final int PAGE_SIZE = 16;

	private static final int WRITE_VERSION = 18;

	private static final int READ_VERSION = 19;

	private static final int LENGTH = 20;

	private static final byte ROLLBACK_JOURNAL = 1;

	private static final byte WRITE_AHEAD_LOG = 2;

	private static final int LARGEST_PAGE = 65536;

	private CopiedHeader() {
	}

	/**
	 * Turn off the WAL flag that came along with the first page, so that the one file is
	 * all there is: opening it later makes no {@code -wal} and {@code -shm}.
	 * @param copy the file
	 * @return its page size in bytes
	 */
	static int settle(Path copy) throws IOException {
		return settle(copy, false);
	}

	/**
	 * Turn the WAL flag on or off.
	 * @param copy the file
	 * @param writeAheadLog whether it should be on
	 * @return its page size in bytes
	 */
	static int settle(Path copy, boolean writeAheadLog) throws IOException {
		byte version = writeAheadLog ? WRITE_AHEAD_LOG : ROLLBACK_JOURNAL;
		try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			ByteBuffer header = ByteBuffer.allocate(LENGTH);
			while (header.hasRemaining()) {
				if (channel.read(header, header.position()) < 0) {
					throw new EOFException("the copy is empty");
				}
			}
			if (header.get(WRITE_VERSION) != version || header.get(READ_VERSION) != version) {
				channel.write(ByteBuffer.wrap(new byte[] { version, version }), WRITE_VERSION);
			}
			int pageSize = Short.toUnsignedInt(header.getShort(PAGE_SIZE));
			// 65536 does not fit into two bytes and is written as 1.
			return (pageSize == 1) ? LARGEST_PAGE : pageSize;
		}
	}

}
