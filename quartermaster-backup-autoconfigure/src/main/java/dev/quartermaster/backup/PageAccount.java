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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * An account of the pages of a snapshot. Each belongs to one table or index, is free, or
 * is one that SQLite keeps for itself; none is two of these, and none is nothing.
 * <p>
 * SQLite's own checks account for the pages as well, but not when they look at one table
 * only, nor when a view or a virtual table happens to be the first in its schema. What
 * belongs to tables and indexes is asked of the virtual table {@code dbstat}, which reads
 * all of their pages once more. The list of free pages is read from the file, since SQL
 * cannot.
 *
 * @see <a href="https://www.sqlite.org/dbstat.html">The DBSTAT virtual table</a>
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_freelist">The freelist</a>
 * @see <a href="https://www.sqlite.org/fileformat2.html#pointer_map_or_ptrmap_pages">
 * Pointer map pages</a>
 */
final class PageAccount {

	private static final int RESERVED = 20;

	private static final int FIRST_TRUNK = 32;

	private static final int FREE_PAGES = 36;

	private static final int LARGEST_ROOT = 52;

	private static final int INCREMENTAL_VACUUM = 64;

	/**
	 * Where in a trunk of the freelist its leaves are, after the next trunk and their
	 * number.
	 */
	private static final int LEAVES = 8;

	/**
	 * How much a pointer map has to say of a page: what it is, and its parent.
	 */
	private static final int POINTER = 5;

	private static final byte POINTER_TO_ROOT = 1;

	private static final byte POINTER_TO_FREE = 2;

	/**
	 * Nothing is ever in the page of this byte, which SQLite locks where there is no
	 * other way.
	 */
	private static final long LOCK_BYTE = 0x40000000;

	private final FileChannel file;

	private final ByteBuffer header;

	private final int count;

	private final int pageSize;

	private final int most;

	private final BitSet tables = new BitSet();

	private final BitSet free = new BitSet();

	private final List<String> findings = new ArrayList<>();

	private PageAccount(FileChannel file, int count, int pageSize, int most) throws IOException {
		this.file = file;
		this.count = count;
		this.pageSize = pageSize;
		this.most = most;
		this.header = read(1);
	}

	/**
	 * Account for the pages of a snapshot.
	 * @param statement to ask with, on a connection that has the snapshot open
	 * @param snapshot the file, which nobody writes or locks
	 * @param count how many pages it has
	 * @param pageSize the size of one in bytes
	 * @param most how many findings are enough
	 * @return what is wrong, if anything is
	 * @throws SQLException if SQLite cannot tell which pages belong to tables
	 * @throws IOException if the file cannot be read
	 */
	static List<String> check(Statement statement, Path snapshot, int count, int pageSize, int most)
			throws SQLException, IOException {
		try (FileChannel file = FileChannel.open(snapshot, StandardOpenOption.READ)) {
			PageAccount account = new PageAccount(file, count, pageSize, most);
			account.readTables(statement);
			account.readFreelist();
			account.compare(statement);
			return account.findings;
		}
	}

	private void readTables(Statement statement) throws SQLException {
		try (ResultSet pages = statement.executeQuery("SELECT pageno, pagetype = 'corrupted', name FROM dbstat")) {
			while (pages.next() && !isEnough()) {
				if (pages.getBoolean(2)) {
					find("Page " + pages.getLong(1) + " of " + pages.getString(3) + ": malformed");
				}
				use(this.tables, pages.getLong(1));
			}
		}
	}

	private void readFreelist() throws IOException {
		int pages = 0;
		long trunk = unsigned(this.header, FIRST_TRUNK);
		while (trunk != 0 && !isEnough() && use(this.free, trunk)) {
			ByteBuffer page = read(trunk);
			long leaves = unsigned(page, Integer.BYTES);
			if (leaves > (usable() - LEAVES) / Integer.BYTES) {
				find("Freelist: too many leaves in page " + trunk);
				return;
			}
			for (int leaf = 0; leaf < leaves; leaf++) {
				use(this.free, unsigned(page, LEAVES + leaf * Integer.BYTES));
			}
			pages += 1 + (int) leaves;
			trunk = unsigned(page, 0);
		}
		if (this.findings.isEmpty() && pages != unsigned(this.header, FREE_PAGES)) {
			find("Freelist: " + Count.of(pages, "page") + " instead of " + unsigned(this.header, FREE_PAGES));
		}
	}

	/**
	 * Note that a page is used.
	 * @return whether it was not yet
	 */
	private boolean use(BitSet how, long page) {
		if (page < 1 || page > this.count) {
			find("Page " + page + ": no such page");
			return false;
		}
		if (this.tables.get((int) page) || this.free.get((int) page)) {
			find("Page " + page + ": used twice");
			return false;
		}
		how.set((int) page);
		return true;
	}

	private void compare(Statement statement) throws SQLException, IOException {
		BitSet own = new BitSet();
		int lock = (int) (LOCK_BYTE / this.pageSize + 1);
		if (lock <= this.count) {
			own.set(lock);
		}
		long largestRoot = unsigned(this.header, LARGEST_ROOT);
		if (largestRoot != 0) {
			readPointerMaps(own, lock, roots(statement, largestRoot));
		}
		else if (unsigned(this.header, INCREMENTAL_VACUUM) != 0) {
			find("Header: incremental vacuum without a largest root page");
		}
		for (int page = 1; page <= this.count && !isEnough(); page++) {
			boolean used = this.tables.get(page) || this.free.get(page);
			if (used == own.get(page)) {
				find("Page " + page + (used ? ": used, although reserved by SQLite" : ": never used"));
			}
		}
	}

	private BitSet roots(Statement statement, long largestRoot) throws SQLException {
		BitSet roots = new BitSet();
		// That of the schema itself is in no map.
		int largest = 1;
		try (ResultSet pages = statement.executeQuery("SELECT rootpage FROM sqlite_schema WHERE rootpage > 1")) {
			while (pages.next()) {
				roots.set(pages.getInt(1));
				largest = Math.max(largest, pages.getInt(1));
			}
		}
		if (largest != largestRoot) {
			find("Header: the largest root page is " + largest + " instead of " + largestRoot);
		}
		return roots;
	}

	/**
	 * A database that vacuums itself has maps that say what each page is, each followed
	 * by the pages that it is the map of. SQLite checks by itself what they say of pages
	 * that are neither free nor the root of a table.
	 */
	private void readPointerMaps(BitSet own, int lock, BitSet roots) throws IOException {
		int mapped = usable() / POINTER;
		for (long next = 2; next <= this.count && !isEnough(); next += mapped + 1) {
			int map = (int) ((next == lock) ? next + 1 : next);
			own.set(map);
			ByteBuffer pointers = read(map);
			int last = (int) Math.min(next + mapped, this.count);
			for (int page = map + 1; page <= last; page++) {
				byte type = pointers.get((page - map - 1) * POINTER);
				if (this.free.get(page) && type != POINTER_TO_FREE || roots.get(page) && type != POINTER_TO_ROOT) {
					find("Page " + page + ": wrong entry in the pointer map on page " + map);
				}
			}
		}
	}

	private int usable() {
		return this.pageSize - Byte.toUnsignedInt(this.header.get(RESERVED));
	}

	private ByteBuffer read(long page) throws IOException {
		ByteBuffer content = ByteBuffer.allocate(this.pageSize);
		long position = (page - 1) * this.pageSize;
		while (content.hasRemaining()) {
			if (this.file.read(content, position + content.position()) < 0) {
				throw new EOFException("the end of the file is missing");
			}
		}
		return content;
	}

	private static long unsigned(ByteBuffer content, int index) {
		return Integer.toUnsignedLong(content.getInt(index));
	}

	private void find(String finding) {
		if (!isEnough()) {
			this.findings.add(finding);
		}
	}

	private boolean isEnough() {
		return this.findings.size() >= this.most;
	}

}
