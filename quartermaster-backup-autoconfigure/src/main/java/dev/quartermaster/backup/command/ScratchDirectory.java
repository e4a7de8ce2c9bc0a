/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupException;

/**
 * A directory for what an application leaves when it is ended at once, such as the
 * library of SQLite and the directories of a web server. The application removes it when
 * it finds that the command was killed; what is left of both is removed a day later.
 */
final class ScratchDirectory implements AutoCloseable {

	private static final String PREFIX = "quartermaster-rehearsal-";

	private static final Duration ABANDONED = Duration.ofDays(1);

	private final Path path;

	private ScratchDirectory(Path path) {
		this.path = path;
	}

	/**
	 * Create one where programs may lie.
	 * @throws BackupException if it cannot be created
	 */
	static ScratchDirectory create() {
		Path parent = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir", ".")))
			.toAbsolutePath();
		try {
			removeAbandoned(parent);
			return new ScratchDirectory(Files.createTempDirectory(parent, PREFIX));
		}
		catch (IOException ex) {
			throw new BackupException("No temporary directory could be made in " + parent + " (" + ex + ")",
					"Name another place with -Djava.io.tmpdir=DIRECTORY.", ex);
		}
	}

	private static void removeAbandoned(Path parent) throws IOException {
		Instant limit = Instant.now().minus(ABANDONED);
		try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path directory : found) {
				BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class,
						LinkOption.NOFOLLOW_LINKS);
				if (attributes.isDirectory() && attributes.lastModifiedTime().toInstant().isBefore(limit)) {
					remove(directory);
				}
			}
		}
	}

	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		remove(this.path);
	}

	/**
	 * Make an empty file in one, if there is none yet.
	 */
	static void mark(Path file) {
		try {
			Files.createFile(file);
		}
		catch (FileAlreadyExistsException ex) {
			// Somebody else said the same.
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Remove one with all that is in it, as far as that can be done. No link is followed.
	 */
	static void remove(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException | UncheckedIOException ex) {
			// It is of no use to anybody, and in nobody's way.
		}
	}

}
