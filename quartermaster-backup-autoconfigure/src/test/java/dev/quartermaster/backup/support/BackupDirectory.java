/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory of snapshots, or of a database, as it is seen from outside.
 */
public final class BackupDirectory {

	private BackupDirectory() {
	}

	/**
	 * Return all that bears a snapshot's name.
	 */
	public static List<Path> published(Path directory) {
		return everything(directory).stream()
			.filter((file) -> file.toString().endsWith(".db")
					&& !file.getFileName().toString().startsWith(".quartermaster-unfinished-")
					&& !isNoteOfFailure(file))
			.toList();
	}

	/**
	 * Return all manifests.
	 */
	public static List<Path> manifests(Path directory) {
		return everything(directory).stream().filter(BackupDirectory::isManifest).toList();
	}

	private static boolean isNoteOfFailure(Path file) {
		return file.getFileName().toString().startsWith(".quartermaster-failed-");
	}

	private static boolean isManifest(Path file) {
		return file.toString().endsWith(".db.json");
	}

	/**
	 * Return all that does not, but for the manifests and the files that say whose the
	 * directory is and that a change began.
	 */
	public static List<Path> leftovers(Path directory) {
		return files(directory).stream().filter((file) -> !file.toString().endsWith(".db")).toList();
	}

	/**
	 * Return all that there is, whatever it is, but for the manifests and the files that
	 * say whose the directory is and that the last backup failed.
	 */
	public static List<Path> files(Path directory) {
		return everything(directory).stream()
			.filter((file) -> !isManifest(file) && !isNoteOfFailure(file) && !file.toString().endsWith(".owner")
					&& !file.toString().endsWith(".installation"))
			.toList();
	}

	/**
	 * Return what {@link #files} does, but no directories and the like.
	 */
	public static List<Path> regularFiles(Path directory) {
		return files(directory).stream().filter(Files::isRegularFile).toList();
	}

	/**
	 * Return all that there is, whatever it is.
	 * @return the paths in their order, none if there is no directory
	 */
	public static List<Path> everything(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.sorted().toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Remove a directory and all that is in it, whoever else may be at work there.
	 */
	public static void remove(Path directory) {
		for (Path file : everything(directory)) {
			file.toFile().delete();
		}
		directory.toFile().delete();
	}

	/**
	 * Assert that a failure says what happened and what to do.
	 */
	public static void assertClear(BackupException failure) {
		assertThat(failure.getProblem()).as("what happened").matches("(?s)[A-Z].*[^.]").doesNotContain("null");
		assertThat(failure.getAction()).as("what to do").matches("(?s)[A-Z].*\\.").doesNotContain("null");
	}

}
