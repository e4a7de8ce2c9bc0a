/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.copies.CopyPlaces;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/**
 * A place elsewhere that gets a copy of each snapshot.
 *
 * @param location Where it is, as a Spring resource location.
 * @param retention Whether the retention policy removes copies there as well. For a place
 * in a file system only.
 */
record CopyProperties(@Nullable String location, @DefaultValue("false") boolean retention) {

	/**
	 * Return the place at a location. For Spring, which calls it for each of a list that
	 * is separated by commas.
	 * @param location the location
	 * @return the place
	 */
	public static CopyProperties of(String location) {
		return new CopyProperties(location, false);
	}

	/**
	 * Return the places, and whether the retention policy is that of the copies there.
	 */
	static Map<String, Boolean> places(List<CopyProperties> copies) {
		Map<String, Boolean> places = new LinkedHashMap<>();
		for (CopyProperties copy : copies) {
			if (StringUtils.hasText(copy.location)) {
				if (copy.retention && !CopyPlaces.isInFileSystem(copy.location)) {
					throw refused(copy.location,
							"Retention is for places in a file system only. For a bucket, use a lifecycle rule.");
				}
				places.put(copy.location, copy.retention);
			}
			else if (copy.retention) {
				throw refused(copy.location,
						"One of the places has retention=true, but no location: set quartermaster.backup.copies[…].location.");
			}
		}
		return places;
	}

	private static InvalidConfigurationPropertyValueException refused(@Nullable String location, String why) {
		return new InvalidConfigurationPropertyValueException("quartermaster.backup.copies", location, why);
	}

}
