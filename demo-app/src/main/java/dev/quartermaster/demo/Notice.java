/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import dev.quartermaster.backup.BackupException;

/**
 * What the page says of the request that came before it.
 *
 * @param failed whether it failed
 * @param text what came of it, as a sentence
 * @param more what follows from that, or nothing
 */
record Notice(boolean failed, String text, String more) {

	static Notice done(String text, String more) {
		return new Notice(false, text, more);
	}

	static Notice failed(String text, String more) {
		return new Notice(true, text, more);
	}

	static Notice failed(BackupException ex) {
		return failed(ex.getProblem() + ".", ex.getAction());
	}

}
