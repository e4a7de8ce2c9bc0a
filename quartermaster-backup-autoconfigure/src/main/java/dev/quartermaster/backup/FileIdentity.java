/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * The identity of a file, which tells it from another one that gets its name later.
 *
 * @param content tells whether two names are those of one file; the name itself where the
 * file system does not tell
 * @param size how many bytes it has
 * @param lastModified when it was last written to
 */
record FileIdentity(Object content, long size, FileTime lastModified) {

	/**
	 * Look at a file. No link is followed.
	 * @throws NoSuchFileException if there is no regular file of that name
	 */
	static FileIdentity of(Path file) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		if (!attributes.isRegularFile()) {
			throw new NoSuchFileException(file.toString());
		}
		return new FileIdentity(Objects.requireNonNullElse(attributes.fileKey(), file), attributes.size(),
				attributes.lastModifiedTime());
	}

}
