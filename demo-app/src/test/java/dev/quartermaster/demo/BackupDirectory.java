/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of snapshots, or of a database, as it is seen from outside.
 */
final class BackupDirectory {

	private BackupDirectory() {
	}

	/**
	 * Return the files in a directory in their order, but for the manifests and those
	 * that say whose the directory is.
	 */
	static List<Path> files(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files
				.filter((file) -> Stream.of(".owner", ".installation", ".db.json").noneMatch(file.toString()::endsWith))
				.filter((file) -> !file.getFileName().toString().startsWith(".quartermaster-failed-"))
				.filter(Files::isRegularFile)
				.sorted()
				.toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
