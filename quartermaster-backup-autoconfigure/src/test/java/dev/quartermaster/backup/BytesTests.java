/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Bytes}.
 */
class BytesTests {

	@ParameterizedTest
	@CsvSource({ "0, 0 bytes", "1, 1 byte", "1023, 1023 bytes", "1024, 1.0 KB", "1536, 1.5 KB", "10239, 10.0 KB",
			"10240, 10 KB", "1022976, 999 KB", "1024000, 1.0 MB", "1048576, 1.0 MB", "10485760, 10 MB",
			"1048576000, 1.0 GB", "1099511627776, 1.0 TB", "9223372036854775807, 8388608 TB" })
	void areGivenInTheLargestUnitThatFits(long bytes, String words) {
		assertThat(Bytes.format(bytes)).isEqualTo(words);
	}

}
