/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A trial of writing to a directory, which a look at its permissions is no substitute
 * for.
 */
final class WriteTrial {

	private static final String PREFIX = OwnFile.PREFIX + "trial-";

	private WriteTrial() {
	}

	/**
	 * Write a small file, read it, and remove it.
	 */
	static void in(Path directory) throws IOException {
		Path trial = directory.resolve(PREFIX + UUID.randomUUID());
		String text = "This file may be removed: " + trial.getFileName() + "\n";
		try (FileChannel channel = OwnFile.create(trial)) {
			DurableFiles.write(channel, text);
			if (!OwnFile.read(trial, text.length()).equals(text)) {
				throw new IOException("what was written there reads differently");
			}
		}
		finally {
			Files.deleteIfExists(trial);
		}
	}

}
