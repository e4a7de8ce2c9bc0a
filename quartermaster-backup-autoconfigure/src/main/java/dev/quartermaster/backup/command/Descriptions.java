/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;

/**
 * The description of snapshots and findings as data, for JSON, and of times as text.
 * <p>
 * A name tells when a snapshot was taken, but not in which zone. So a time has an offset
 * only if the application is configured with a zone: that of whoever happens to look
 * would make another time of it for each.
 */
final class Descriptions {

	private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

	private final boolean zoneConfigured;

	/**
	 * Create a new instance.
	 * @param zoneConfigured whether the application is configured with the zone of the
	 * stamps
	 */
	Descriptions(boolean zoneConfigured) {
		this.zoneConfigured = zoneConfigured;
	}

	Map<String, Object> snapshot(Snapshot snapshot) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("name", snapshot.name().toString());
		data.put("file", snapshot.file().toString());
		data.put("reason", snapshot.name().reason().slug());
		data.put("takenAt",
				time(snapshot, DateTimeFormatter.ISO_LOCAL_DATE_TIME, DateTimeFormatter.ISO_OFFSET_DATE_TIME));
		data.put("size", snapshot.size());
		return data;
	}

	/**
	 * Describe a snapshot with what its manifest tells.
	 * @param manifest its manifest, if it has one
	 * @param fit whether this release can take it, if that is known
	 */
	Map<String, Object> snapshot(Snapshot snapshot, Optional<SnapshotManifest> manifest, Optional<SchemaFit> fit) {
		Map<String, Object> data = snapshot(snapshot);
		manifest.ifPresent((known) -> {
			data.put("takenAt", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(known.takenAt()));
			data.put("reasonInFull", known.reason());
			putUnlessNull(data, "schemaVersion", known.schema().version());
			putUnlessNull(data, "applicationVersion", known.application().version());
		});
		fit.ifPresent((answer) -> data.put("fit", answer.toString()));
		return data;
	}

	private static void putUnlessNull(Map<String, Object> data, String name, @Nullable String value) {
		if (value != null) {
			data.put(name, value);
		}
	}

	/**
	 * Return when a snapshot was taken, with the offset if that is known.
	 */
	String time(Snapshot snapshot, Optional<SnapshotManifest> manifest) {
		return manifest.map((known) -> TIME.format(known.takenAt())).orElseGet(() -> time(snapshot));
	}

	String time(Snapshot snapshot) {
		return time(snapshot, STAMP, TIME);
	}

	private String time(Snapshot snapshot, DateTimeFormatter withoutOffset, DateTimeFormatter withOffset) {
		return this.zoneConfigured ? withOffset.format(snapshot.takenAt())
				: withoutOffset.format(snapshot.name().stamp());
	}

	static Map<String, Object> verification(Verification verification) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("status", verification.status());
		data.put("detail", verification.summary());
		return data;
	}

}
