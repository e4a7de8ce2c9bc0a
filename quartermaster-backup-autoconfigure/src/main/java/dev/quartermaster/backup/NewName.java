/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The name that a file gets on the condition that nobody has it.
 */
final class NewName {

	private NewName() {
	}

	/**
	 * Give a file one more name, without renaming it.
	 * @param existing the name that it has
	 * @param file the name that it should have
	 * @return whether it has it now; if not, the name is taken
	 * @throws IOException if that cannot be done, such as where there are no hard links
	 */
	static boolean link(Path existing, Path file) throws IOException {
		try {
			Files.createLink(file, existing);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	/**
	 * Give a file a name, by renaming it where there are no hard links.
	 * @param partial the name that it has
	 * @param file the name that it should have
	 * @return whether it has it now; if not, the name is taken
	 */
	static boolean linkOrMove(Path partial, Path file) throws IOException {
		try {
			return link(partial, file);
		}
		catch (FileSystemException ex) {
			if (FileFailures.isNameTooLong(ex)) {
				throw ex;
			}
			return moveWithoutReplacing(partial, file);
		}
	}

	/**
	 * For file systems that have no hard links, such as FAT and some network shares,
	 * which may have no locks either. A plain move looks first and renames then, so
	 * whoever wants to publish under a name claims it before, by making a file that
	 * nobody else can have made.
	 */
	private static boolean moveWithoutReplacing(Path partial, Path file) throws IOException {
		try (NameClaim claim = NameClaim.on(file)) {
			if (claim != null) {
				Files.move(partial, file);
			}
			return claim != null;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

}
