/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.RunningThreads;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CopyInspection}: that nobody waits for it long, and that it finds what
 * is so if nobody has to.
 */
class CopyInspectionTests {

	private static final long LARGE = 512L * 1024 * 1024;

	@TempDir
	private Path temp;

	@Test
	void smallCopyIsInspectedByWhoeverAsks() throws IOException {
		Path copy = TestDatabase.create(this.temp.resolve("copy"), 3);
		try (CopyInspection inspection = CopyInspection.begin(copy, copy.toFile().length())) {
			CopyInspection.Findings findings = inspection.findings(Duration.ZERO);
			assertThat(findings.sha256()).isEqualTo(ContentDigest.of(copy, ReadingSpeed.any(), (bytes) -> {
			}));
			assertThat(findings.rows()).containsOnlyKeys("item").containsEntry("item", 3L);
		}
	}

	@Test
	void checksumOfLargeCopyIsGivenUpRatherThanWaitedFor() throws IOException {
		try (CopyInspection inspection = CopyInspection.begin(sparse(LARGE), LARGE, 2,
				new ReadingSpeed(System::nanoTime))) {
			assertThat(inspection.findings(CopyInspection.patience(LARGE, Duration.ofMillis(1))))
				.isEqualTo(CopyInspection.Findings.NONE);
		}
		assertThat(RunningThreads.named("quartermaster-backup-inspection")).isEmpty();
	}

	@Test
	void waitForLargeCopyAddsTwentiethAtTheMost() {
		assertThat(CopyInspection.patience(LARGE, Duration.ofSeconds(2))).isEqualTo(Duration.ofNanos(62_500_000));
		assertThat(CopyInspection.patience(LARGE / 100, Duration.ofMillis(1))).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void largeCopyIsNotInspectedWithoutProcessorToSpare() throws IOException {
		try (CopyInspection inspection = CopyInspection.begin(sparse(LARGE), LARGE, 1,
				new ReadingSpeed(System::nanoTime))) {
			assertThat(RunningThreads.named("quartermaster-backup-inspection")).isEmpty();
			assertThat(inspection.findings(Duration.ofMinutes(1))).isEqualTo(CopyInspection.Findings.NONE);
		}
	}

	@Test
	void copyThatIsNotInTheCachesIsNotReadOnceMore() {
		Path copy = Ledger.create(this.temp.resolve("copy"), 3, "DELETE");
		AtomicLong nanos = new AtomicLong();
		ReadingSpeed disk = new ReadingSpeed(() -> nanos.getAndAdd(Duration.ofMillis(1).toNanos()), 1024 * 1024);
		try (CopyInspection inspection = CopyInspection.begin(copy, copy.toFile().length(), 2, disk)) {
			assertThat(inspection.findings(Duration.ofMinutes(1))).isEqualTo(CopyInspection.Findings.NONE);
		}
		assertThat(Duration.ofNanos(nanos.get())).as("what was read").isLessThan(Duration.ofMillis(20));
		ReadingSpeed memory = new ReadingSpeed(() -> nanos.getAndAdd(10_000), 1024 * 1024);
		try (CopyInspection inspection = CopyInspection.begin(copy, copy.toFile().length(), 2, memory)) {
			assertThat(inspection.findings(Duration.ofMinutes(1)).sha256()).isNotNull();
		}
	}

	private Path sparse(long size) throws IOException {
		Path file = this.temp.resolve("copy");
		try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
			created.setLength(size);
		}
		return file;
	}

}
