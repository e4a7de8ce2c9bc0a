/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
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
			ScratchDirectory created = new ScratchDirectory(Files.createTempDirectory(parent, PREFIX));
			removeAbandoned(parent, Files.getOwner(created.path));
			return created;
		}
		catch (IOException ex) {
			throw new BackupException("No temporary directory could be made in " + parent + " (" + ex + ")",
					"Name another place with -Djava.io.tmpdir=DIRECTORY.", ex);
		}
	}

	/**
	 * Remove what is left of others, unless it belongs to another user.
	 */
	private static void removeAbandoned(Path parent, UserPrincipal user) {
		Instant limit = Instant.now().minus(ABANDONED);
		try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
			for (Path directory : found) {
				if (isAbandoned(directory, user, limit)) {
					remove(directory);
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// That of this process has been made.
		}
	}

	private static boolean isAbandoned(Path directory, UserPrincipal user, Instant limit) {
		try {
			BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			return attributes.isDirectory() && attributes.lastModifiedTime().toInstant().isBefore(limit)
					&& Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user);
		}
		catch (IOException ex) {
			// Somebody else has removed it.
			return false;
		}
	}

	/**
	 * Write a file with arguments of {@code java} that only this user can read, like all
	 * that is in here.
	 */
	Path argumentFile(String arguments) {
		try {
			Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));
			return Files.writeString(this.path.resolve("options"), arguments, charset);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
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
