/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProgressBar}.
 */
class ProgressBarTests {

	private static final Path DATABASE = Path.of("app.db");

	private static final long MB = 1024 * 1024;

	private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

	private final PrintStream out = new PrintStream(this.printed, true, StandardCharsets.UTF_8);

	private Duration now = Duration.ofHours(-1);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			0   | 100 | 1000 | [------------------------------] 0 % of 100 MB, 0 bytes/s, 0 s left
			1   | 100 | 1000 | [------------------------------] 1 % of 100 MB, 1.0 MB/s, 99 s left
			50  | 100 | 2000 | [###############---------------] 50 % of 100 MB, 25 MB/s, 2 s left
			99  | 100 | 1000 | [#############################-] 99 % of 100 MB, 99 MB/s, 0 s left
			100 | 100 | 500  | [##############################] 100 % of 100 MB, 200 MB/s, 0 s left
			120 | 100 | 1000 | [##############################] 100 % of 100 MB, 120 MB/s, 0 s left
			0   | 0   | 0    | [------------------------------] 0 % of 0 bytes, 0 bytes/s, 0 s left
			""")
	void lineTellsSizeRateAndTimeLeft(long done, long total, long millis, String line) {
		assertThat(ProgressBar.line(done * MB, total * MB, Duration.ofMillis(millis))).isEqualTo(line);
	}

	@Test
	void showsLongCopyAndErasesItself() {
		ProgressBar bar = bar(true);
		at(bar, 0, 1);
		at(bar, 400, 10);
		assertThat(printed()).isEmpty();
		at(bar, 600, 25);
		assertThat(printed()).isEqualTo("\r\033[K" + ProgressBar.line(25 * MB, 100 * MB, Duration.ofMillis(1000)));
		at(bar, 50, 26);
		bar.close();
		bar.close();
		assertThat(printed()).doesNotContain("26 %").endsWith("left\r\033[K");
	}

	@Test
	void shortCopyAfterLongWaitShowsNothing() {
		ProgressBar bar = bar(true);
		this.now = this.now.plusMinutes(1);
		at(bar, 0, 50);
		at(bar, 100, 100);
		this.now = this.now.plusMinutes(1);
		at(bar, 0, 50);
		at(bar, 100, 100);
		bar.close();
		assertThat(printed()).isEmpty();
	}

	@Test
	void secondCopyHasRateOfItsOwn() {
		ProgressBar bar = bar(true);
		at(bar, 0, 1);
		at(bar, 10_000, 100);
		at(bar, 0, 10);
		at(bar, 1000, 90);
		assertThat(printed()).endsWith(ProgressBar.line(90 * MB, 100 * MB, Duration.ofSeconds(1)));
	}

	@Test
	void showsLongCheckOfPagesAndThenOfRows() {
		ProgressBar bar = bar(true);
		at(bar, 0, 100);
		checkAt(bar, 1, 1);
		checkAt(bar, 499, 10);
		assertThat(printed()).isEmpty();
		checkAt(bar, 501, 50);
		assertThat(printed())
			.isEqualTo("\r\033[KChecking: " + ProgressBar.line(50 * MB, 100 * MB, Duration.ofMillis(1000)));
		checkAt(bar, 1000, 100);
		checkAt(bar, 400, 100);
		assertThat(printed()).doesNotContain("rows");
		checkAt(bar, 1700, 100);
		assertThat(printed()).endsWith("\r\033[KChecking the rows, for 2 s");
		checkAt(bar, 1000, 1);
		checkAt(bar, 1000, 2);
		assertThat(printed()).endsWith("Checking: " + ProgressBar.line(2 * MB, 100 * MB, Duration.ofMillis(1000)));
	}

	@Test
	void saysNothingWhereNobodyLooks() {
		ProgressBar bar = bar(false);
		at(bar, 0, 1);
		at(bar, 10_000, 50);
		bar.working("Checking");
		bar.close();
		assertThat(printed()).isEmpty();
	}

	private ProgressBar bar(boolean terminal) {
		return new ProgressBar(terminal, this.out, () -> this.now.toNanos());
	}

	private void at(ProgressBar bar, long millisLater, long megabytes) {
		this.now = this.now.plusMillis(millisLater);
		bar.onProgress(DATABASE, megabytes * MB, 100 * MB);
	}

	private void checkAt(ProgressBar bar, long millisLater, long megabytes) {
		this.now = this.now.plusMillis(millisLater);
		bar.onCheckProgress(DATABASE, megabytes * MB, 100 * MB);
	}

	private String printed() {
		return this.printed.toString(StandardCharsets.UTF_8);
	}

}
