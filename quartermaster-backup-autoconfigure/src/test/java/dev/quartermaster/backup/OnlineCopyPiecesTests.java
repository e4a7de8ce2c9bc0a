/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;

import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an {@link OnlineCopy} is written in larger pieces than pages, and is the
 * same as if it were not.
 */
class OnlineCopyPiecesTests {

	private static final int PAGE_SIZE = 4096;

	private static final int PIECE = 32768;

	/**
	 * Where SQLite puts its locks: the page there is never used.
	 * @see <a href="https://www.sqlite.org/fileformat2.html#the_lock_byte_page">The
	 * lock-byte page</a>
	 */
	private static final long PENDING_BYTE = 0x40000000;

	private static final Progress UNHEARD = (bytes, total) -> {
	};

	@TempDir
	private Path temp;

	private Path database;

	private Path destination;

	@BeforeEach
	void createDestination() throws IOException {
		this.database = this.temp.resolve("app.db");
		this.destination = Files.createFile(this.temp.resolve("copy.db"));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void takesFewerCallsThanThereArePages() throws IOException {
		Ledger.create(this.database, 9, "DELETE");
		long before = writeCalls();
		copy(UNHEARD);
		assertThat(writeCalls() - before).isLessThan(2 * Files.size(this.database) / PIECE);
	}

	private static long writeCalls() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/io"))
			.stream()
			.filter((line) -> line.startsWith("syscw: "))
			.mapToLong((line) -> Long.parseLong(line.substring("syscw: ".length())))
			.sum();
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536 })
	void isSameToTheByteForEachPageSize(int pageSize) throws IOException {
		for (int rows : new int[] { 0, 1, 10_000 }) {
			Files.deleteIfExists(this.database);
			TestDatabase.create(this.database, rows, "page_size = " + pageSize);
			assertSameAsPageByPage();
		}
	}

	@Test
	void isCutWhenDatabaseShrinksMeanwhile() throws IOException {
		Ledger.create(this.database, 17, "DELETE");
		long size = Files.size(this.database);
		copy((bytes, total) -> {
			if (this.database.toFile().length() == size) {
				TestDatabase.execute(this.database, "DELETE FROM checking WHERE id > 3",
						"DELETE FROM savings WHERE id > 3", "VACUUM");
			}
		});
		assertThat(this.destination).hasSize(Files.size(this.database));
		assertThat(Files.size(this.database)).isLessThan(PIECE);
		assertThat(TestDatabase.check(this.destination)).containsExactly("ok");
		assertThat(TestDatabase.query(this.destination, "SELECT count(*) FROM savings")).containsExactly("3");
	}

	/**
	 * SQLite leaves out the whole piece that has the lock bytes and fills it afterwards.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 3, 3 * PIECE / PAGE_SIZE - 1 })
	void containsPagesBesideLockBytes(int pagesFromThere) throws IOException {
		TestDatabase.create(this.database, 1, "page_size = " + PAGE_SIZE);
		int pages = (int) (PENDING_BYTE / PAGE_SIZE) + pagesFromThere;
		TestDatabase.overwrite(this.database, 28, ByteBuffer.allocate(Integer.BYTES).putInt(pages).array());
		for (long position = PENDING_BYTE - PIECE; position < (long) pages * PAGE_SIZE; position += PAGE_SIZE) {
			byte[] page = new byte[PAGE_SIZE];
			Arrays.fill(page, (byte) (1 + position / PAGE_SIZE));
			TestDatabase.overwrite(this.database, position, page);
		}
		copy(UNHEARD);
		assertThat(this.destination).hasSize((long) pages * PAGE_SIZE);
		for (long position = PENDING_BYTE - PIECE; position < (long) pages * PAGE_SIZE; position += PAGE_SIZE) {
			if (position != PENDING_BYTE) {
				assertThat(page(this.destination, position)).as("at %d", position)
					.isEqualTo(page(this.database, position));
			}
		}
	}

	private static byte[] page(Path file, long position) throws IOException {
		ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE);
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
			channel.read(page, position);
		}
		return page.array();
	}

	private void assertSameAsPageByPage() throws IOException {
		Path expected = this.temp.resolve("expected.db");
		Files.deleteIfExists(expected);
		TestDatabase.execute(this.database, "backup to '" + expected + "'");
		copy(UNHEARD);
		assertThat(this.destination).hasSameBinaryContentAs(expected);
		Files.delete(this.destination);
		Files.createFile(this.destination);
	}

	private void copy(Progress progress) {
		try (CopySource source = CopySource.open(LiveDatabase.of(this.database), Duration.ofSeconds(10))) {
			new OnlineCopy(source).to(this.destination, progress);
		}
	}

}
