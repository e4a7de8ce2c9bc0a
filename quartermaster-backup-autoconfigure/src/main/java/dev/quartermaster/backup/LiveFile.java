/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a live database's file, by which its further names are known: hard
 * links and symbolic ones. A snapshot that was moved over the database has them when it
 * had a second name, and from then on changes with the database.
 * <p>
 * Only attributes are looked at. To open the file would drop SQLite's locks on it.
 */
final class LiveFile {

	private static final Logger logger = LoggerFactory.getLogger(LiveFile.class);

	private final Path path;

	private final @Nullable BasicFileAttributes attributes;

	private LiveFile(Path path, @Nullable BasicFileAttributes attributes) {
		this.path = path;
		this.attributes = attributes;
	}

	static LiveFile of(Path path) {
		try {
			return new LiveFile(path, Files.readAttributes(path, BasicFileAttributes.class));
		}
		catch (NoSuchFileException ex) {
			// What is not there has no further names.
		}
		catch (IOException ex) {
			// Whoever needs the database says so.
			logger.debug("The identity of the file {} could not be determined", path, ex);
		}
		return new LiveFile(path, null);
	}

	/**
	 * Return whether it may have further names as hard links.
	 * @return {@code true} as well if the file system does not tell
	 */
	boolean mayHaveFurtherNames() {
		if (this.attributes == null) {
			return false;
		}
		try {
			return (int) Files.getAttribute(this.path, "unix:nlink") > 1;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return true;
		}
	}

	/**
	 * Return whether a file is the live one.
	 * @param file the file
	 * @param attributes what it has, not of a link to it
	 */
	boolean is(Path file, BasicFileAttributes attributes) throws IOException {
		if (this.attributes == null) {
			return false;
		}
		Object key = attributes.fileKey();
		return (key != null) ? key.equals(this.attributes.fileKey()) : Files.isSameFile(file, this.path);
	}

	/**
	 * Return whether a file, or what a link leads to, is the live one.
	 * @param file the file, which need not exist
	 */
	boolean is(Path file) throws IOException {
		try {
			return is(file, Files.readAttributes(file, BasicFileAttributes.class));
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

}
