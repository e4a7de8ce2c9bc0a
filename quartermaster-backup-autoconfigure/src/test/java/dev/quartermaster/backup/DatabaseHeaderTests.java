/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DatabaseHeader}.
 */
class DatabaseHeaderTests {

	private static final int WRITE_VERSION = 18;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource({ "1, 1", "1, 2", "2, 1", "2, 2" })
	void turnsWriteAheadLogOffWhicheverVersionSaysIt(byte write, byte read) throws Exception {
		Path copy = TestDatabase.create(this.temp.resolve("copy.db"), 10);
		TestDatabase.overwrite(copy, WRITE_VERSION, write, read);
		DatabaseHeader.turnOffWriteAheadLog(copy);
		assertThat(versions(copy)).containsExactly(1, 1);
		assertThat(TestDatabase.journalMode(copy)).isEqualTo("delete");
		assertThat(TestDatabase.items(copy)).hasSize(10);
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "1, 2", "2, 1", "2, 2" })
	void turnsWriteAheadLogOnWhicheverVersionLacksIt(byte write, byte read) throws Exception {
		Path copy = TestDatabase.create(this.temp.resolve("copy.db"), 10);
		TestDatabase.overwrite(copy, WRITE_VERSION, write, read);
		DatabaseHeader.setWriteAheadLog(copy, true);
		assertThat(versions(copy)).containsExactly(2, 2);
		assertThat(TestDatabase.journalMode(copy)).isEqualTo("wal");
		assertThat(TestDatabase.items(copy)).hasSize(10);
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 1024, 4096, 32768, 65536 })
	void returnsPageSize(int pageSize) throws Exception {
		Path copy = TestDatabase.create(this.temp.resolve("copy.db"), 10, "page_size = " + pageSize);
		assertThat(DatabaseHeader.turnOffWriteAheadLog(copy)).isEqualTo(pageSize);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 19 })
	void saysThatHeaderIsNotAllThere(int bytes) throws Exception {
		Path copy = Files.write(this.temp.resolve("copy.db"), new byte[bytes]);
		assertThatExceptionOfType(EOFException.class).isThrownBy(() -> DatabaseHeader.turnOffWriteAheadLog(copy));
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096, 16384 })
	void fixesSizeOfPieces(int pageSize) throws Exception {
		Path copy = Files.createFile(this.temp.resolve("copy.db"));
		DatabaseHeader.writeInPieces(copy, pageSize);
		assertThat(TestDatabase.query(copy, "PRAGMA page_size")).containsExactly("32768");
	}

	@ParameterizedTest
	@ValueSource(ints = { 32768, 65536 })
	void leavesLargePagesAlone(int pageSize) throws Exception {
		Path copy = Files.createFile(this.temp.resolve("copy.db"));
		DatabaseHeader.writeInPieces(copy, pageSize);
		assertThat(copy).isEmptyFile();
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "1, 32768", "32767, 32768", "32768, 32768", "32769, 65536", "4294967297, 4295000064" })
	void roundsUpToWholePieces(long size, long rounded) {
		assertThat(DatabaseHeader.wholePieces(size)).isEqualTo(rounded);
	}

	private static byte[] versions(Path file) throws Exception {
		byte[] content = Files.readAllBytes(file);
		return new byte[] { content[WRITE_VERSION], content[WRITE_VERSION + 1] };
	}

}
