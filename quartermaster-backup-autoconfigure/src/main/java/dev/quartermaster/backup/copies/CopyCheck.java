/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.SqliteBackupService;

import org.springframework.core.io.Resource;

/**
 * The check of the copies of a snapshot: each is read back whole, and compared with what
 * was sent.
 */
public final class CopyCheck {

	private final Function<String, Resource> resources;

	/**
	 * Create a new instance.
	 * @param resources gives the resource at a location
	 */
	public CopyCheck(Function<String, Resource> resources) {
		this.resources = resources;
	}

	/**
	 * Check the copies of a snapshot.
	 * @param backups the service of the database
	 * @param name the file name of the snapshot
	 * @return what was found, for each copy that there should be
	 */
	public List<Finding> check(SqliteBackupService backups, String name) {
		return new CopyLedger(backups).read().copiesOf(name).stream().map(this::check).toList();
	}

	/**
	 * Return the places that are to get a snapshot and have not got it yet. None is
	 * asked.
	 * @param backups the service of the database
	 * @param name the file name of the snapshot
	 * @param locations the locations of the places that the application is configured
	 * with
	 * @return where those places are, for people to read
	 */
	public List<String> pending(SqliteBackupService backups, String name, List<String> locations) {
		CopyEntries recorded = new CopyLedger(backups).read();
		return locations.stream()
			.map((location) -> place(location).location())
			.filter((location) -> new RecordedCopies(location, Instant.EPOCH).expected(recorded, backups)
				.stream()
				.anyMatch((snapshot) -> snapshot.name().toString().equals(name)))
			.map(ObjectFailures::display)
			.toList();
	}

	private CopyPlace place(String location) {
		return CopyPlaces.of(Map.of(location, false), this.resources).all().get(0).place();
	}

	private Finding check(CopyEntry copy) {
		try {
			CopyPlace place = place(copy.place());
			place.requireThere();
			String sha256 = place.sha256Of(copy.key());
			if (sha256 == null) {
				return new Finding(copy.location(), false, "it is not there, or has no manifest");
			}
			return sha256.equals(copy.sha256()) ? new Finding(copy.location(), true, "whole")
					: new Finding(copy.location(), false, "it is not what was copied, by its SHA-256");
		}
		catch (BackupException ex) {
			return new Finding(copy.location(), false, "it could not be read: " + ex.getMessage());
		}
	}

	/**
	 * What was found of a copy.
	 *
	 * @param location where it is
	 * @param whole whether it is there and whole
	 * @param detail the same in words
	 */
	public record Finding(String location, boolean whole, String detail) {
	}

}
