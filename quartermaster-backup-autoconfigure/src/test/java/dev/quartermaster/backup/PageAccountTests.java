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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PageAccount} with files of more than a gigabyte, where SQLite leaves
 * one page out. Nearly all of their pages are free and take no room on the disk.
 */
class PageAccountTests {

	private static final long GIGABYTE = 1L << 30;

	private static final int HEADER_SIZE_IN_PAGES = 28;

	private static final int HEADER_FIRST_TRUNK = 32;

	private static final int HEADER_FREE_PAGES = 36;

	private static final int POINTER = 5;

	@TempDir
	private Path temp;

	// With pages of 1024 bytes, a pointer map would be where the page is that is left
	// out.
	@ParameterizedTest
	@CsvSource({ "65536, NONE", "65536, FULL", "1024, INCREMENTAL", "512, NONE" })
	void leavesOutPageThatSqliteLeavesOut(int pageSize, String autoVacuum) throws Exception {
		Sparse database = new Sparse(pageSize, autoVacuum);
		database.writeFreelist(database.freePages());
		assertThat(TestDatabase.check(database.file)).containsExactly("ok");
		assertThat(database.check(10)).isEmpty();
	}

	@Test
	void findsPageThatSqliteLeavesOutInUse() throws Exception {
		Sparse database = new Sparse(65536, "NONE");
		List<Integer> pages = database.freePages();
		pages.set(pages.size() / 2, database.lockedPage());
		database.writeFreelist(pages);
		assertThat(database.check(10)).containsExactlyInAnyOrder(
				"Page " + database.lockedPage() + ": used, although reserved by SQLite",
				"Page " + database.freePages().get(pages.size() / 2) + ": never used");
	}

	@Test
	void findsLastPageThatNothingUses() throws Exception {
		Sparse database = new Sparse(65536, "NONE");
		List<Integer> pages = database.freePages();
		pages.remove(pages.size() - 1);
		database.writeFreelist(pages);
		assertThat(database.check(10)).containsExactly("Page " + database.count + ": never used");
	}

	@Test
	void givesNoMoreFindingsThanAreEnough() throws Exception {
		Sparse database = new Sparse(65536, "NONE");
		database.writeFreelist(database.freePages().subList(0, 10));
		assertThat(database.check(3)).hasSize(3);
	}

	/**
	 * A database that goes on behind its tables with free pages.
	 */
	private final class Sparse {

		private final Path file = PageAccountTests.this.temp.resolve("app.db");

		private final int pageSize;

		private final boolean pointerMaps;

		private final int used;

		private final int count;

		Sparse(int pageSize, String autoVacuum) throws IOException {
			this.pageSize = pageSize;
			this.pointerMaps = !autoVacuum.equals("NONE");
			TestDatabase.create(this.file, 100, "page_size = " + pageSize, "auto_vacuum = " + autoVacuum);
			this.used = Integer.parseInt(TestDatabase.query(this.file, "PRAGMA page_count").get(0));
			this.count = lockedPage() + 10;
		}

		int lockedPage() {
			return (int) (GIGABYTE / this.pageSize + 1);
		}

		List<Integer> freePages() {
			return IntStream.rangeClosed(this.used + 1, this.count)
				.filter((page) -> page != lockedPage() && !(this.pointerMaps && isPointerMap(page)))
				.boxed()
				.collect(Collectors.toList());
		}

		private boolean isPointerMap(int page) {
			return mapOf(page) == page;
		}

		/**
		 * Return the page of the map that a page belongs to, or is.
		 */
		private int mapOf(int page) {
			int mapped = this.pageSize / POINTER;
			int map = (page - 2) / (mapped + 1) * (mapped + 1) + 2;
			return (map == lockedPage()) ? map + 1 : map;
		}

		/**
		 * Write the list of free pages, with as many in each page of it as there is room
		 * for.
		 */
		void writeFreelist(List<Integer> pages) throws IOException {
			try (FileChannel channel = FileChannel.open(this.file, StandardOpenOption.WRITE)) {
				write(channel, (long) this.count * this.pageSize - 1, ByteBuffer.allocate(1));
				write(channel, HEADER_SIZE_IN_PAGES, number(this.count));
				write(channel, HEADER_FREE_PAGES, number(pages.size()));
				int leaves = this.pageSize / Integer.BYTES - 2;
				long pointer = HEADER_FIRST_TRUNK;
				for (int trunk = 0; trunk < pages.size(); trunk += leaves + 1) {
					List<Integer> list = pages.subList(trunk + 1, Math.min(trunk + 1 + leaves, pages.size()));
					write(channel, pointer, number(pages.get(trunk)));
					pointer = (pages.get(trunk) - 1L) * this.pageSize;
					ByteBuffer page = ByteBuffer.allocate(this.pageSize).putInt(0).putInt(list.size());
					list.forEach(page::putInt);
					write(channel, pointer, page.rewind());
				}
				if (this.pointerMaps) {
					writePointerMaps(channel, pages);
				}
			}
		}

		private void writePointerMaps(FileChannel channel, List<Integer> pages) throws IOException {
			for (int page : pages) {
				int map = mapOf(page);
				write(channel, (map - 1L) * this.pageSize + (page - map - 1L) * POINTER,
						ByteBuffer.allocate(POINTER).put(0, (byte) 2));
			}
		}

		private ByteBuffer number(int number) {
			return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
		}

		private void write(FileChannel channel, long position, ByteBuffer content) throws IOException {
			while (content.hasRemaining()) {
				position += channel.write(content, position);
			}
		}

		List<String> check(int most) throws SQLException, IOException {
			try (Connection connection = TestDatabase.open(this.file);
					Statement statement = connection.createStatement()) {
				return PageAccount.check(statement, this.file, this.count, this.pageSize, most);
			}
		}

	}

}
