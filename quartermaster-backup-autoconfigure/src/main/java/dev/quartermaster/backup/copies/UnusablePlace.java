/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SnapshotToCopy;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CopyPlace} that there cannot be: its location is no path. That is no reason
 * not to start, and said like everything else that keeps copies from being made.
 *
 * @param location the location as it is configured
 * @param why what is wrong with it
 */
record UnusablePlace(String location, String why) implements CopyPlace {

	private BackupException refused() {
		return new BackupException(
				"The place " + ObjectFailures.display(this.location) + " of quartermaster.backup.copies " + this.why,
				"The snapshots themselves are not affected. Correct the location.", null);
	}

	@Override
	public String open(boolean used, List<Path> snapshots) {
		throw refused();
	}

	@Override
	public void requireThere() {
		throw refused();
	}

	@Override
	public void tryOut() {
		throw refused();
	}

	@Override
	public Copied copy(SnapshotToCopy snapshot, String folder, @Nullable String sameContent, CopiedBefore before) {
		throw refused();
	}

	@Override
	public boolean has(String key, long bytes, String sha256) {
		throw refused();
	}

	@Override
	public @Nullable String sha256Of(String key) {
		throw refused();
	}

}
