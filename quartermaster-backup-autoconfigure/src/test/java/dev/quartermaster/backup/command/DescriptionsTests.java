/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotName;
import dev.quartermaster.backup.SnapshotReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Descriptions}.
 */
class DescriptionsTests {

	@ParameterizedTest
	@ValueSource(strings = { "UTC", "America/St_Johns", "Europe/Berlin" })
	void timeIsThatOfTheNameInWhateverZoneSomebodyLooks(String zone) {
		// In a gap of the clocks of Berlin.
		Snapshot snapshot = snapshot(LocalDateTime.of(2026, 3, 29, 2, 30), zone);
		Descriptions describe = new Descriptions(false);
		assertThat(describe.time(snapshot)).isEqualTo("2026-03-29 02:30:00");
		assertThat(describe.snapshot(snapshot)).containsEntry("takenAt", "2026-03-29T02:30:00");
	}

	@ParameterizedTest
	@CsvSource({ "UTC, +00:00, Z", "America/St_Johns, -02:30, -02:30" })
	void timeHasOffsetOfConfiguredZone(String zone, String offset, String offsetInJson) {
		Snapshot snapshot = snapshot(LocalDateTime.of(2026, 4, 17, 14, 0), zone);
		Descriptions describe = new Descriptions(true);
		assertThat(describe.time(snapshot)).isEqualTo("2026-04-17 14:00:00 " + offset);
		assertThat(describe.snapshot(snapshot)).containsEntry("takenAt", "2026-04-17T14:00:00" + offsetInJson);
	}

	private static Snapshot snapshot(LocalDateTime stamp, String zone) {
		SnapshotName name = new SnapshotName("app", stamp, new SnapshotReason("x"));
		return new Snapshot(name, Path.of("backups", name.toString()), stamp.atZone(ZoneId.of(zone)), 1, false);
	}

}
