/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FileContent}.
 */
class FileContentTests {

	private static final int BUFFER_BYTES = 256 * 1024;

	private static final int HEADER_BYTES = 100;

	private static final int CHANGE_COUNTER = 24;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES })
	void equalFilesAreSame(int size) throws Exception {
		assertThat(FileContent.isSame(write("one", new byte[size]), write("other", new byte[size]))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, BUFFER_BYTES - 1, BUFFER_BYTES, 2 * BUFFER_BYTES })
	void oneByteMakesThemDiffer(int at) throws Exception {
		byte[] content = new byte[2 * BUFFER_BYTES + 1];
		Path one = write("one", content);
		content[at] = 1;
		assertThat(FileContent.isSame(one, write("other", content))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, BUFFER_BYTES, 2 * BUFFER_BYTES })
	void longerFileDiffers(int size) throws Exception {
		Path shorter = write("shorter", new byte[size]);
		Path longer = write("longer", new byte[size + 1]);
		assertThat(FileContent.isSame(shorter, longer)).isFalse();
		assertThat(FileContent.isSame(longer, shorter)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { HEADER_BYTES, 512, BUFFER_BYTES, 2 * BUFFER_BYTES })
	void whatSqliteCountsInHeaderDoesNotMakeDatabasesDiffer(int size) throws Exception {
		byte[] content = new byte[size];
		Path one = write("one", content);
		content[CHANGE_COUNTER] = 1;
		Path counted = write("counted", content);
		assertThat(FileContent.isSame(one, counted)).isFalse();
		assertThat(FileContent.isSameButForCounters(one, counted)).isTrue();
		content[0] = 1;
		assertThat(FileContent.isSameButForCounters(one, write("written", content))).isFalse();
	}

	@Test
	void nothingIsCountedBehindHeader() throws Exception {
		byte[] content = new byte[2 * BUFFER_BYTES];
		Path one = write("one", content);
		content[BUFFER_BYTES + CHANGE_COUNTER] = 1;
		assertThat(FileContent.isSameButForCounters(one, write("other", content))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, CHANGE_COUNTER + 1, HEADER_BYTES - 1 })
	void nothingIsCountedInWhatHasNoWholeHeader(int size) throws Exception {
		byte[] content = new byte[size];
		Path one = write("one", content);
		assertThat(FileContent.isSameButForCounters(one, write("equal", content))).isTrue();
		if (size > 0) {
			content[CHANGE_COUNTER] = 1;
			assertThat(FileContent.isSameButForCounters(one, write("other", content))).isFalse();
		}
	}

	private Path write(String name, byte[] content) throws Exception {
		return Files.write(this.temp.resolve(name), content);
	}

}
