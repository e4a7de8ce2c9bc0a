/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The marker in a directory that gets copies: a hidden file that is not there when the
 * disk is not mounted. An identity stands in it, so that a new disk in place of another
 * is known to have nothing yet.
 */
final class CopyMarker {

	private static final int MOST_BYTES = 100;

	private final Path file;

	CopyMarker(Path directory) {
		this.file = directory.resolve(CopyDirectory.MARKER);
	}

	boolean isMissing() throws IOException {
		return FileState.of(this.file, LinkOption.NOFOLLOW_LINKS).isMissing();
	}

	/**
	 * Create it. Another process may do so as well.
	 */
	void create() throws IOException {
		Path directory = this.file.resolveSibling("");
		try {
			OwnFile.create(this.file).close();
			DurableFiles.giveToOwnerOf(this.file, directory);
			DurableFiles.flush(directory);
		}
		catch (FileAlreadyExistsException ex) {
			// That one is as good.
		}
	}

	/**
	 * Return the identity, after giving it one if it has none: somebody made the marker
	 * by hand.
	 */
	String identity() throws IOException {
		String identity = OwnFile.read(this.file, MOST_BYTES).strip();
		if (!identity.isEmpty()) {
			return identity;
		}
		String made = UUID.randomUUID().toString();
		try (FileChannel channel = OwnFile.open(this.file)) {
			DurableFiles.write(channel, made + "\n");
		}
		return made;
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

}
