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
 * Snapshots and findings as data, for JSON, and times as text.
 */
final class Describe {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

	private Describe() {
	}

	static Map<String, Object> snapshot(Snapshot snapshot) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("name", snapshot.name().toString());
		data.put("file", snapshot.file().toString());
		data.put("reason", snapshot.name().reason());
		data.put("takenAt", snapshot.takenAt().toOffsetDateTime().toString());
		data.put("size", snapshot.size());
		return data;
	}

	static Map<String, Object> verification(Verification verification) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("status", verification.status());
		data.put("detail", verification.summary());
		return data;
	}

	static String time(Snapshot snapshot) {
		return TIME.format(snapshot.takenAt());
	}

}
