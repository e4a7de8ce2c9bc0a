/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite, unpacked once for all processes of the tests. The driver unpacks it for each,
 * and those that are killed leave it behind.
 */
final class UnpackedSqlite {

	static final Path DIRECTORY = unpack();

	private UnpackedSqlite() {
	}

	private static Path unpack() {
		String name = LibraryLoaderUtil.getNativeLibName();
		String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
		try (InputStream library = UnpackedSqlite.class.getResourceAsStream(resource)) {
			Path directory = Files.createTempDirectory("sqlite");
			Path file = directory.resolve(name);
			Files.copy(Objects.requireNonNull(library, resource), file);
			directory.toFile().deleteOnExit();
			file.toFile().deleteOnExit();
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
