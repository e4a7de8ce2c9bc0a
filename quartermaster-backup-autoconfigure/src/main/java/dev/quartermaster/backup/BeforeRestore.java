/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * What was there before a restore.
 *
 * @param mayBeOpened whether SQLite may look at it
 * @param empty whether there was no file, or one without bytes
 * @param open whether another connection has it open
 * @param journalMode what its companions tell of its journal mode
 */
record BeforeRestore(boolean mayBeOpened, boolean empty, boolean open, JournalMode journalMode) {

	static BeforeRestore of(DatabaseFile file, LiveDatabase database) {
		boolean mayBeOpened = DatabaseProbe.mayBeOpened(file);
		boolean empty = FileState.ofDatabase(file.path()).isEmpty();
		// SQLite may remove the companions when it looks.
		JournalMode journalMode = file.journalMode();
		return new BeforeRestore(mayBeOpened, empty, mayBeOpened && OpenState.of(database) == OpenState.OPEN,
				journalMode);
	}

}
