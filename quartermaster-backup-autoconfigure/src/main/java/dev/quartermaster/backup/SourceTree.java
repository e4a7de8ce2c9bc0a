/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The sources of a project, among which its tests leave nothing that nobody expects.
 *
 * @param root the directory of the project
 * @param build the directory for what is built of it, which is no part of the sources
 */
record SourceTree(Path root, Path build) {

	/**
	 * Return the sources of a project.
	 * @param buildDirectory the directory for what is built of it, directly below that of
	 * the project
	 */
	static SourceTree of(Path buildDirectory) {
		Path build = RealPath.of(buildDirectory);
		return new SourceTree(build.resolveSibling(""), build);
	}

	/**
	 * Return whether a directory would be new among the sources.
	 */
	boolean wouldGain(Path directory) {
		Path real = RealPath.of(directory);
		return real.startsWith(this.root) && !real.startsWith(this.build) && isKnownToBeMissing(real);
	}

	private static boolean isKnownToBeMissing(Path directory) {
		try {
			return FileState.of(directory).isMissing();
		}
		catch (IOException ex) {
			// Whoever takes a snapshot there says why that cannot be done.
			return false;
		}
	}

}
