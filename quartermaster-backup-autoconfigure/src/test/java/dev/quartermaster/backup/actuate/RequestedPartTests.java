/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.stream.Stream;

import dev.quartermaster.backup.actuate.RequestedPart.Bytes;
import dev.quartermaster.backup.actuate.RequestedPart.Changed;
import dev.quartermaster.backup.actuate.RequestedPart.None;
import dev.quartermaster.backup.actuate.RequestedPart.Unchanged;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link RequestedPart}.
 */
class RequestedPartTests {

	private static final ETag TAG = new ETag("abc", false);

	private static final Bytes WHOLE = new Bytes(0, 999);

	@ParameterizedTest
	@MethodSource
	void conditionDecidesWhetherAnythingIsSent(String condition, RequestedPart expected) {
		assertThat(part(condition)).isEqualTo(expected);
	}

	static Stream<Arguments> conditionDecidesWhetherAnythingIsSent() {
		return Stream.of(arguments("Accept: */*", WHOLE), arguments("If-None-Match: \"abc\"", new Unchanged()),
				arguments("If-None-Match: W/\"abc\"", new Unchanged()),
				arguments("If-None-Match: \"x\", \"abc\"", new Unchanged()),
				arguments("If-None-Match: *", new Unchanged()), arguments("If-None-Match: \"x\"", WHOLE),
				arguments("If-None-Match: abc", WHOLE), arguments("If-None-Match: \"\"", WHOLE),
				arguments("If-Modified-Since: Wed, 01 Jan 2200 00:00:00 GMT", WHOLE),
				arguments("If-Match: \"abc\"", WHOLE), arguments("If-Match: *", WHOLE),
				arguments("If-Match: \"x\"", new Changed()), arguments("If-Match: W/\"abc\"", new Changed()),
				arguments("If-Match: \"x\" & If-None-Match: \"abc\"", new Changed()),
				arguments("If-None-Match: \"abc\" & Range: bytes=0-9", new Unchanged()));
	}

	@ParameterizedTest
	@CsvSource({ "bytes=0-9, 0, 9", "bytes=990-, 990, 999", "bytes=-10, 990, 999", "bytes=990-5000, 990, 999",
			"bytes=-5000, 0, 999", "bytes=999-999, 999, 999" })
	void rangeIsPart(String range, long first, long last) {
		assertThat(part("Range: " + range)).isEqualTo(new Bytes(first, last));
	}

	@ParameterizedTest
	@CsvSource({ "bytes=1000-", "bytes=5000-6000", "bytes=-0" })
	void rangeBehindTheEndIsNone(String range) {
		assertThat(part("Range: " + range)).isEqualTo(new None());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "bytes=0-9,20-29", "items=0-9", "bytes=9-0", "bytes=a-b", "bytes", "bytes=",
			"bytes=99999999999999999999-" })
	void rangeThatNeedNotBeServedIsNoRange(String range) {
		assertThat(part("Range: " + range)).isEqualTo(WHOLE);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "\"abc\" | 9", "\"x\" | 999", "W/\"abc\" | 999", "* | 999",
			"Wed, 01 Jan 2020 00:00:00 GMT | 999" })
	void rangeOfAnotherFileIsNotServed(String condition, long last) {
		assertThat(part("Range: bytes=0-9 & If-Range: " + condition)).isEqualTo(new Bytes(0, last));
	}

	private static RequestedPart part(String headers) {
		HttpHeaders request = new HttpHeaders();
		for (String header : headers.split(" & ")) {
			String[] parts = header.split(": ", 2);
			request.add(parts[0], parts[1]);
		}
		return RequestedPart.of(HttpMethod.GET, request, TAG, 1000);
	}

}
