/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupSettings;

import org.springframework.core.io.Resource;

/**
 * The places elsewhere that get copies of snapshots, by their locations.
 */
public final class CopyPlaces {

	/**
	 * Of more than one letter, which would be a drive.
	 */
	private static final Pattern OBJECTS = Pattern.compile("(?i)(?!file:)[a-z][a-z0-9+.-]+:.*");

	private static final Pattern NOT_REPLACED = Pattern.compile("^~|\\$\\{");

	private final List<Target> places;

	private CopyPlaces(List<Target> places) {
		this.places = places;
	}

	/**
	 * Find the places.
	 * @param locations where they are, as Spring resource locations, such as
	 * {@code file:/mnt/nas/app/} and {@code s3://bucket/app/}, and whether the retention
	 * policy is that of the copies there; a path counts as one in the file system
	 * @param resources gives the resource at a location
	 * @return the places
	 */
	public static CopyPlaces of(Map<String, Boolean> locations, Function<String, Resource> resources) {
		List<Target> places = new ArrayList<>();
		locations.forEach((location, retention) -> places.add(new Target(of(location.strip(), resources), retention)));
		return new CopyPlaces(places);
	}

	private static CopyPlace of(String location, Function<String, Resource> resources) {
		if (!isInFileSystem(location)) {
			return new ObjectPlace(location.endsWith("/") ? location : location + "/", resources);
		}
		try {
			Path directory = BackupSettings.directory(location);
			if (NOT_REPLACED.matcher(directory.toString()).find()) {
				return new UnusablePlace(location, "has a ~ or a variable that nothing has replaced");
			}
			return new FilePlace(directory);
		}
		catch (InvalidPathException ex) {
			return new UnusablePlace(location, "is no path (" + ex.getReason() + ")");
		}
	}

	/**
	 * Return whether a location is one in the file system.
	 * @param location the location
	 * @return whether it is
	 */
	public static boolean isInFileSystem(String location) {
		return !OBJECTS.matcher(location.strip()).matches();
	}

	List<Target> all() {
		return this.places;
	}

	/**
	 * A place that gets copies.
	 *
	 * @param place the place
	 * @param retention whether the retention policy is that of the copies there
	 */
	record Target(CopyPlace place, boolean retention) {
	}

}
