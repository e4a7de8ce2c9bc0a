/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The header of a copied database, which nobody else has open yet.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_database_header">The database
 * header</a>
 */
final class DatabaseHeader {

	private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

	private static final int PAGE_SIZE = 16;

	private static final int WRITE_VERSION = 18;

	private static final int READ_VERSION = 19;

	private static final int PAYLOAD_FRACTIONS = 21;

	private static final int CHANGE_COUNTER = 24;

	private static final int SCHEMA_COOKIE = 40;

	/**
	 * Which change counter the version that follows belongs to.
	 */
	private static final int VERSION_VALID_FOR = 92;

	private static final int LIBRARY_VERSION = 96;

	private static final int LENGTH = 100;

	/**
	 * All that is read of the header.
	 */
	private static final int READ_LENGTH = 20;

	private static final byte ROLLBACK_JOURNAL = 1;

	private static final byte WRITE_AHEAD_LOG = 2;

	private static final byte[] ONLY_PAYLOAD_FRACTIONS = { 64, 32, 32 };

	private static final int LARGEST_PAGE = 65536;

	/**
	 * Copying a large database takes about half as long as in pages of 4 KB, and longer
	 * again with the largest pages.
	 */
	private static final int PIECE = 32768;

	/**
	 * How large the journal of a copy becomes, at most: it has the header that was
	 * overwritten, as a page, and what SQLite puts before and after it.
	 */
	static final int JOURNAL_BYTES = PIECE + 4096;

	private DatabaseHeader() {
	}

	/**
	 * Make SQLite write a copy in pieces of 32 KB rather than page by page. It copies
	 * bytes, also into a database of larger pages, whose size it cannot change any more
	 * once there is a header. In the end the header is that of the database that was
	 * copied, and the copy is the same to the byte.
	 * @param copy an empty file
	 * @param pageSize the page size of the database to be copied, in bytes; if it is as
	 * large as a piece, nothing is done
	 * @throws IOException if it could not be written
	 * @see <a href="https://www.sqlite.org/c3ref/backup_finish.html">sqlite3_backup_step:
	 * when page sizes may differ</a>
	 */
	static void writeInPieces(Path copy, int pageSize) throws IOException {
		if (pageSize >= PIECE) {
			return;
		}
		ByteBuffer header = ByteBuffer.allocate(LENGTH);
		header.put(0, MAGIC);
		header.putShort(PAGE_SIZE, (short) PIECE);
		header.put(WRITE_VERSION, ROLLBACK_JOURNAL);
		header.put(READ_VERSION, ROLLBACK_JOURNAL);
		header.put(PAYLOAD_FRACTIONS, ONLY_PAYLOAD_FRACTIONS);
		try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
			while (header.hasRemaining()) {
				channel.write(header);
			}
		}
	}

	/**
	 * Blank what SQLite counts with each write, and which SQLite wrote last.
	 * @param beginning the beginning of a file, which may have less than a header
	 */
	static void blankCounters(ByteBuffer beginning) {
		if (beginning.remaining() >= LENGTH) {
			for (int counter : new int[] { CHANGE_COUNTER, SCHEMA_COOKIE, VERSION_VALID_FOR, LIBRARY_VERSION }) {
				beginning.putInt(counter, 0);
			}
		}
	}

	/**
	 * Return how large a copy is while it is made: its last piece is cut off in the end.
	 * @param size how large it is going to be, in bytes
	 */
	static long wholePieces(long size) {
		return (size + PIECE - 1) / PIECE * PIECE;
	}

	/**
	 * Turn off the WAL flag that came along with the first page, so that the one file is
	 * all there is: opening it later makes no {@code -wal} and {@code -shm}.
	 * @param copy the file
	 * @return its page size in bytes
	 */
	static int turnOffWriteAheadLog(Path copy) throws IOException {
		return setWriteAheadLog(copy, false);
	}

	/**
	 * Turn the WAL flag on or off.
	 * @param copy the file
	 * @param writeAheadLog whether it should be on
	 * @return its page size in bytes
	 */
	static int setWriteAheadLog(Path copy, boolean writeAheadLog) throws IOException {
		byte version = writeAheadLog ? WRITE_AHEAD_LOG : ROLLBACK_JOURNAL;
		try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			ByteBuffer header = ByteBuffer.allocate(READ_LENGTH);
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
