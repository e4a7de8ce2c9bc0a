/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claim of one process on a name for its snapshot: an empty hidden file that nobody
 * else can have made. Needed where the file system has no hard links, and so cannot give
 * a name on the condition that nobody has it. The name is not in the name of the claim,
 * so that that is never longer than a snapshot's may be.
 */
final class NameClaim implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NameClaim.class);

	private static final String PREFIX = OwnFile.PREFIX + "claim-";

	private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f-]{36}");

	private final Path file;

	private NameClaim(Path file) {
		this.file = file;
	}

	/**
	 * Claim a name.
	 * @param snapshot the file that is to have it
	 * @return the claim, to be closed when the name is given, or {@code null} if somebody
	 * else has claimed it
	 */
	static @Nullable NameClaim on(Path snapshot) throws IOException {
		Path file = fileFor(snapshot);
		try {
			OwnFile.create(file).close();
			return new NameClaim(file);
		}
		catch (FileAlreadyExistsException ex) {
			return null;
		}
	}

	/**
	 * Return the file that claims a name.
	 */
	static Path fileFor(Path snapshot) {
		byte[] name = String.valueOf(snapshot.getFileName()).getBytes(StandardCharsets.UTF_8);
		return snapshot.resolveSibling(PREFIX + UUID.nameUUIDFromBytes(name));
	}

	/**
	 * Return whether a file name is that of a claim.
	 */
	static boolean isClaim(String fileName) {
		return NAME.matcher(fileName).matches();
	}

	/**
	 * Give it up. That it cannot be removed does not deny what was published: only this
	 * name is not given until the claim is old.
	 */
	@Override
	public void close() {
		try {
			Files.deleteIfExists(this.file);
		}
		catch (IOException ex) {
			logger.debug("Could not remove {}", this.file, ex);
		}
	}

}
