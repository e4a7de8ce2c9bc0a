/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A place elsewhere that the application is configured to copy snapshots to.
 *
 * @param location where it is, or {@code null} if that is not said
 */
record ConfiguredPlace(@Nullable String location) {

	private static final String SEPARATOR = "\n";

	/**
	 * Return the place at a location. For Spring, which calls it for each of a list that
	 * is separated by commas.
	 */
	public static ConfiguredPlace of(String location) {
		return new ConfiguredPlace(location);
	}

	/**
	 * Return the locations as one value.
	 */
	static String join(List<ConfiguredPlace> places) {
		StringJoiner joined = new StringJoiner(SEPARATOR);
		for (ConfiguredPlace place : places) {
			if (place.location != null) {
				joined.add(place.location);
			}
		}
		return joined.toString();
	}

	/**
	 * Return the locations that are one value.
	 */
	static List<String> split(String joined) {
		return joined.lines().map(String::strip).filter(StringUtils::hasText).distinct().toList();
	}

}
