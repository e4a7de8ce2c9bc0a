/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.Verification;

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
