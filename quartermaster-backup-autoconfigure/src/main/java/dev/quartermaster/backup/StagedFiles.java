/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The files in which this process has snapshots that are not complete.
 */
public final class StagedFiles {

	private StagedFiles() {
	}

	/**
	 * Remove all of them, since this process is about to end: otherwise the next backup
	 * has to. Whoever is at work with one fails.
	 */
	public static void removeAll() {
		PartialFile.closeAll();
	}

}
