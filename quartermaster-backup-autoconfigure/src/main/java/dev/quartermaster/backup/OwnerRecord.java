/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of whose the snapshots of a name in a directory are: a hidden file there
 * with a single line, see {@link SingleLineFile}.
 */
final class OwnerRecord {

	private static final Logger logger = LoggerFactory.getLogger(OwnerRecord.class);

	private static final String SUFFIX = ".owner";

	private final SingleLineFile record;

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param directory the directory of the snapshots, which need not exist
	 * @param name the name that the snapshots begin with
	 */
	OwnerRecord(Path directory, String name) {
		this.record = new SingleLineFile(directory.resolve(OwnFile.PREFIX + name + SUFFIX));
	}

	/**
	 * Return the file that says it.
	 */
	Path file() {
		return this.record.path();
	}

	/**
	 * Return what is recorded, or {@code null} if nothing is. Until it is written, it is
	 * nobody's.
	 * @throws BackupException if it cannot be read
	 */
	@Nullable String read() {
		try {
			if (!this.record.isThere()) {
				return null;
			}
		}
		catch (IOException ex) {
			// The directory cannot be entered, which whoever needs it says.
			logger.debug("Could not look for {}", file(), ex);
			return null;
		}
		try {
			return this.record.read();
		}
		catch (IOException ex) {
			throw new BackupException(
					"It is unknown which database the snapshots in " + file().getParent() + " belong to, because "
							+ file() + " cannot be read (" + FileFailures.describe(ex) + ")",
					"Give this process read and write access to it. If Quartermaster Backup did not write it, move it away.",
					ex);
		}
	}

	/**
	 * Record something, unless anything is recorded by now.
	 * @param owner whose the snapshots are
	 * @param model the file whose owner the record is to have
	 */
	void write(String owner, Path model) throws IOException {
		this.record.write(owner, model);
	}

}
