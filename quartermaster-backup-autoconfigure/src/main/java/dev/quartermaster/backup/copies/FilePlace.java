/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.SnapshotToCopy;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CopyPlace} on a file system.
 */
final class FilePlace implements CopyPlace {

	private final CopyDirectory directory;

	FilePlace(Path directory) {
		this.directory = new CopyDirectory(directory);
	}

	/**
	 * Return the directory.
	 */
	CopyDirectory directory() {
		return this.directory;
	}

	@Override
	public String location() {
		// As a location it is decoded.
		return "file:" + this.directory.path().toString().replace("%", "%25") + "/";
	}

	@Override
	public String open(boolean used, List<Path> snapshots) {
		return this.directory.open(used, snapshots);
	}

	@Override
	public void requireThere() {
		this.directory.requireMarked();
	}

	@Override
	public void tidy(String folder) {
		in(folder).tidy();
	}

	@Override
	public void tryOut() {
		this.directory.tryOut();
	}

	@Override
	public Copied copy(SnapshotToCopy snapshot, String folder, @Nullable String sameContent, CopiedBefore before) {
		String same = (sameContent != null && sameContent.startsWith(folder)) ? sameContent.substring(folder.length())
				: null;
		String key = folder + snapshot.name();
		return new Copied(key, in(folder).copy(snapshot, same, before.as(key)));
	}

	private CopyDirectory in(String folder) {
		return folder.isEmpty() ? this.directory : this.directory.folder(folder.substring(0, folder.length() - 1));
	}

	@Override
	public boolean has(String key, long bytes, String sha256) {
		return this.directory.has(key, bytes, sha256);
	}

	@Override
	public @Nullable String sha256Of(String key) {
		return this.directory.sha256Of(key).orElse(null);
	}

}
