/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SnapshotManifest}, {@link ManifestJson} and {@link SnapshotManifests}.
 */
class SnapshotManifestTests {

	private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-17T11:57:19+02:00");

	private static final SnapshotManifest FULL = new SnapshotManifest(
			"before \"import\" \u00fcber\n\\alles\\ \ud83d\udca1",
			new SnapshotManifest.Database("app", "/srv/my app/app.db"), UUID.randomUUID(), TIME,
			new ApplicationRelease("shop", "2.3.0"),
			new SnapshotManifest.Schema("41", "flyway", "flyway_schema_history: 41, orders: 7",
					List.of("42 add index", "43 \"drop\" it")),
			"3.53.0", "wal", 3, 4096, 12288, "a".repeat(64), Map.of("item", 3L, "a \"b\" 'c'\u0001", 10_000_000_000L),
			new SnapshotManifest.Check(VerificationMode.QUICK, "sound", "quick_check ok"),
			new SnapshotManifest.Durations(Duration.ofMillis(5), Duration.ofMillis(6), Duration.ofMillis(12)),
			TIME.plusDays(1));

	private static final SnapshotManifest LEAST = new SnapshotManifest("manual",
			new SnapshotManifest.Database("app", "/srv/app.db"), null, TIME, ApplicationRelease.UNKNOWN,
			new SnapshotManifest.Schema(null, null, null, List.of()), null, null, 3, 4096, 12288, null, Map.of(),
			new SnapshotManifest.Check(VerificationMode.NONE, "none", "complete, not checked"),
			new SnapshotManifest.Durations(Duration.ZERO, Duration.ZERO, Duration.ZERO), null);

	@TempDir
	private Path directory;

	private Snapshot snapshot;

	private Path file;

	@BeforeEach
	void createSnapshot() throws IOException {
		SnapshotName name = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 57, 19),
				SnapshotReason.of("before import"));
		this.snapshot = new Snapshot(name, this.directory.resolve(name.toString()),
				name.stamp().atZone(ZoneOffset.ofHours(2)), 12288, false);
		Files.write(this.snapshot.file(), new byte[12288]);
		this.file = this.directory.resolve("app-20260417-115719-before-import.db.json");
	}

	@Test
	void isReadAsItWasWritten() throws Exception {
		for (SnapshotManifest manifest : List.of(FULL, LEAST)) {
			Files.writeString(this.file, json(manifest));
			assertThat(SnapshotManifests.find(this.snapshot)).contains(manifest);
		}
	}

	@Test
	void leavesOutWhatIsNotKnown() throws Exception {
		assertThat(json(LEAST)).doesNotContain("null", "sha256", "installation", "corruptSeenAt")
			.contains("\"format\": 1", "\"reason\": \"manual\"", "\"bytes\": 12288");
	}

	@Test
	void ofSnapshotWithoutOneIsEmpty() {
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	@Test
	void ofFileOfAnotherSizeCountsAsNone() throws Exception {
		Files.writeString(this.file, json(FULL));
		Snapshot grown = new Snapshot(this.snapshot.name(), this.snapshot.file(), this.snapshot.takenAt(), 16384,
				false);
		assertThat(SnapshotManifests.find(grown)).isEmpty();
		assertThat(SnapshotManifests.find(grown.file())).contains(FULL);
		Files.write(grown.file(), new byte[16384]);
		assertThat(SnapshotManifests.find(grown.file())).isEmpty();
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			assertThat(manifests.beside(grown.file())).contains(FULL);
		}
	}

	@Test
	void truncatedAnywhereCountsAsNone() throws Exception {
		String json = json(FULL);
		for (int length = 0; length < json.length(); length += 7) {
			Files.writeString(this.file, json.substring(0, length));
			assertThat(SnapshotManifests.find(this.snapshot)).as("%s characters", length).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "null", "1", "\"format\"", "{}", "{\"format\": 1}",
			"{\"format\": 1, \"bytes\": 12288}", "SQLite format 3\0", "<html>", "{\"bomFormat\": \"CycloneDX\"}" })
	void foreignFileCountsAsNone(String content) throws IOException {
		Files.writeString(this.file, content);
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	@Test
	void ofLaterFormatCountsAsNone() throws Exception {
		edited((json) -> json.replace("\"format\": 1", "\"format\": 2"));
	}

	@Test
	void editedByHandSoThatValuesMakeNoSenseCountsAsNone() throws Exception {
		edited((json) -> json.replace("\"bytes\": 12288", "\"bytes\": \"12288\""));
		edited((json) -> json.replace("\"pages\": 3", "\"pages\": -3"));
		edited((json) -> json.replace("\"pages\": 3", "\"pages\": 3.5"));
		edited((json) -> json.replace("\"quick\"", "\"thorough\""));
		edited((json) -> json.replace(TIME.toString(), "yesterday"));
		edited((json) -> json.replace(String.valueOf(FULL.installation()), "mine"));
		edited((json) -> json.replace("\"item\": 3", "\"item\": \"three\""));
		edited((json) -> json.replace("\"item\": 3", "\"item\": null"));
		edited((json) -> json.replace("\"42 add index\"", "42"));
		edited((json) -> json.replace("\"reason\"", "\"raeson\""));
	}

	@Test
	void longerThan64KilobytesCountsAsNone() throws Exception {
		Files.writeString(this.file, json(FULL));
		assertThat(SnapshotManifests.find(this.snapshot)).isPresent();
		Files.writeString(this.file, " ".repeat(SnapshotManifest.MAX_BYTES) + json(FULL));
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
		try (RandomAccessFile large = new RandomAccessFile(this.file.toFile(), "rw")) {
			large.setLength(100L * 1024 * 1024);
		}
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	@Test
	void whatIsNoFileIsNotOpened() throws Exception {
		Path elsewhere = this.directory.resolve("elsewhere.json");
		Files.writeString(elsewhere, json(FULL));
		Files.createSymbolicLink(this.file, elsewhere);
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
		Files.delete(this.file);
		Files.createDirectory(this.file);
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	@Test
	void mayHaveFurtherNameUnlessItMayBeDatabase() throws Exception {
		String json = json(FULL);
		Files.writeString(this.file, json + " ".repeat(512 - bytes(json) % 512 + 1));
		Files.createLink(this.directory.resolve("copied.json"), this.file);
		assertThat(SnapshotManifests.find(this.snapshot)).contains(FULL);
		Files.writeString(this.file, json + " ".repeat(512 - bytes(json) % 512));
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	@Test
	void isNeverAsLongAsWholePages() throws Exception {
		int shortest = bytes(ManifestJson.text(ofRelease("1")));
		int missing = 512 - shortest % 512;
		assertThat(bytes(ManifestJson.text(ofRelease("1".repeat(missing))))).isEqualTo(shortest + missing - 1);
		assertThat(bytes(ManifestJson.text(ofRelease("1".repeat(missing + 1))))).isEqualTo(shortest + missing + 1);
	}

	private static SnapshotManifest ofRelease(String version) {
		return FULL.withPurpose(BackupPurpose.of("x"), TIME, new ApplicationRelease("shop", version));
	}

	@Test
	void ofManySnapshotsAreReadByOneReader() throws Exception {
		Files.writeString(this.file, json(FULL));
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			assertThat(manifests.of(this.snapshot)).contains(FULL);
			Files.writeString(this.file, "{");
			assertThat(manifests.of(this.snapshot)).isEmpty();
			Files.writeString(this.file, json(LEAST));
			assertThat(manifests.of(this.snapshot)).contains(LEAST);
		}
	}

	@Test
	void isSoundIfItsCheckFoundNothingAndNoLaterOneDid() {
		assertThat(FULL.isSound()).isFalse();
		assertThat(FULL.withCorruptSeenAt(null).isSound()).isTrue();
		assertThat(LEAST.isSound()).isFalse();
	}

	private void edited(UnaryOperator<String> edit) throws IOException, SQLException {
		String json = json(FULL);
		assertThat(edit.apply(json)).isNotEqualTo(json);
		Files.writeString(this.file, edit.apply(json));
		assertThat(SnapshotManifests.find(this.snapshot)).isEmpty();
	}

	private static int bytes(String json) {
		return json.getBytes(StandardCharsets.UTF_8).length;
	}

	private static String json(SnapshotManifest manifest) throws SQLException {
		try (ManifestJson json = ManifestJson.open()) {
			return json.write(manifest);
		}
	}

}
