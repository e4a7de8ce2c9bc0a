/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The symbolic links that lead to a database, whether or not there is one where they end:
 * SQLite has what it keeps beside a database beside that file, not beside a link.
 */
final class SymbolicLinks {

	/**
	 * As many as Linux follows.
	 */
	private static final int MAX_LINKS = 40;

	private SymbolicLinks() {
	}

	/**
	 * Return where a path leads to, whether or not there is anything.
	 * @throws IOException if a link cannot be read
	 */
	static Path follow(Path path) throws IOException {
		Path target = path;
		for (int links = 0; links < MAX_LINKS && Files.isSymbolicLink(target); links++) {
			target = target.resolveSibling(Files.readSymbolicLink(target)).normalize();
		}
		return target;
	}

	/**
	 * Return where a path leads to like {@link #follow}, or the path itself if that
	 * cannot be determined.
	 */
	static Path target(Path path) {
		try {
			return follow(path);
		}
		catch (IOException ex) {
			// Whoever needs to follow the link finds that out, and says what to do.
			return path;
		}
	}

}
