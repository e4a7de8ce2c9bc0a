/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;

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
		return "file:" + this.directory.path() + "/";
	}

	@Override
	public void open(boolean used) {
		this.directory.open(used);
	}

	@Override
	public void tryOut() {
		this.directory.tryOut();
	}

	@Override
	public Copied copy(SnapshotToCopy snapshot, String folder, @Nullable String sameContent) {
		String same = (sameContent != null && sameContent.startsWith(folder)) ? sameContent.substring(folder.length())
				: null;
		return new Copied(folder + snapshot.name(), in(folder).copy(snapshot, same));
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
