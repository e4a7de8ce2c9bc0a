/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The path that is the same for all paths of a file, whether or not the file exists.
 */
public final class RealPath {

	private RealPath() {
	}

	/**
	 * Return the real path of a file.
	 * @param file the file, which need not exist
	 * @return the absolute path without links, as far as it exists
	 */
	public static Path of(Path file) {
		Path absolute = file.toAbsolutePath().normalize();
		try {
			return absolute.toRealPath();
		}
		catch (IOException ex) {
			Path directory = absolute.getParent();
			Path name = absolute.getFileName();
			return (directory != null && name != null) ? of(directory).resolve(name) : absolute;
		}
	}

}
