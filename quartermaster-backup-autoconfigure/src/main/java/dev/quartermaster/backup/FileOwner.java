/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The owner of a file, where that may be why this process cannot use it.
 */
final class FileOwner {

	private FileOwner() {
	}

	/**
	 * Return whose a file or directory is.
	 * @return what to add to a sentence about it: nothing if it is of the user that the
	 * process runs as, or that cannot be determined
	 */
	static String hint(Path file) {
		return foreign(file).map((owner) -> " (it belongs to " + owner + runsAs()).orElse("");
	}

	/**
	 * Return whose a database or what SQLite keeps beside it is, for the first of them
	 * that is not of the user that the process runs as.
	 */
	static String hintOfDatabase(Path database) {
		Path file = SymbolicLinks.target(database);
		return Stream.of(file, file.resolveSibling(file.getFileName() + "-wal"),
				file.resolveSibling(file.getFileName() + "-shm"), file.resolveSibling(file.getFileName() + "-journal"))
			.flatMap((part) -> foreign(part).map((owner) -> " (" + part + " belongs to " + owner + runsAs()).stream())
			.findFirst()
			.orElse("");
	}

	private static String runsAs() {
		return ", but the process runs as " + user() + ")";
	}

	private static String user() {
		return System.getProperty("user.name");
	}

	private static Optional<String> foreign(Path file) {
		try {
			String owner = Files.getOwner(file).getName();
			String user = user();
			// A user without a name is a question mark, and Windows names the domain.
			return (user.equals("?") || owner.equals(user) || owner.endsWith("\\" + user)) ? Optional.empty()
					: Optional.of(owner);
		}
		catch (IOException | UnsupportedOperationException ex) {
			// It is not there, or has no owner: then there is no more to say.
			return Optional.empty();
		}
	}

}
