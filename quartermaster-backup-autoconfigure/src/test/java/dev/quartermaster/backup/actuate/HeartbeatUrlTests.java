/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HeartbeatUrl}.
 */
class HeartbeatUrlTests {

	@ParameterizedTest
	@CsvSource({ "https://hc-ping.com/4d2f, https://hc-ping.com/4d2f/fail",
			"https://hc-ping.com/4d2f/, https://hc-ping.com/4d2f/fail",
			"http://localhost:8000/ping/4d2f, http://localhost:8000/ping/4d2f/fail",
			"https://status.example?key=4d2f, https://status.example/fail?key=4d2f",
			"https://status.example/push/a%20b?status=up&x=1, https://status.example/push/a%20b/fail?status=up&x=1",
			"https://user:hush@[::1]:8443/x, https://user:hush@[::1]:8443/x/fail" })
	void failureIsBelowThePath(String url, String failure) {
		HeartbeatUrl parsed = HeartbeatUrl.of(url);
		assertThat(parsed.success()).hasToString(url);
		assertThat(parsed.failure()).hasToString(failure);
	}

	@Test
	void blanksAroundItDoNotMatter() {
		assertThat(HeartbeatUrl.of(" https://hc-ping.com/4d2f\n").success()).hasToString("https://hc-ping.com/4d2f");
	}

	@ParameterizedTest
	@CsvSource({ "https://hc-ping.com/4d2f-secret, https://hc-ping.com/***",
			"https://user:secret@hc-ping.com:8443/x?key=secret, https://hc-ping.com:8443/***",
			"http://127.0.0.1, http://127.0.0.1/***" })
	void onlyTheHostIsShown(String url, String shown) {
		assertThat(HeartbeatUrl.of(url)).hasToString(shown);
	}

	@Test
	void isMaskedInMessagesOfOthers() {
		HeartbeatUrl url = HeartbeatUrl.of("https://user:hush@host.example/ping/secret?key=more");
		assertThat(url.maskIn("GET " + url.success() + " and " + url.failure() + " and /ping/secret and key=more"))
			.doesNotContain("secret", "hush", "more");
	}

	@ParameterizedTest
	@ValueSource(strings = { "hc-ping.com/secret", "ftp://hc-ping.com/secret", "https:///secret", "https:secret",
			"https://hc ping.com/secret", "secret", "https://${HOST}/secret" })
	void whatIsNoUrlIsRefusedWithoutBeingQuoted(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> HeartbeatUrl.of(url))
			.satisfies((failure) -> assertThat(failure).hasNoCause().hasMessageNotContaining("secret"));
	}

}
