/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import dev.quartermaster.backup.BackupException;

/**
 * The refusal of an endpoint whose application runs with everything switched off.
 */
public final class SwitchedOffException extends BackupException {

	/**
	 * Create a new instance.
	 */
	public SwitchedOffException() {
		super("Backups are switched off with quartermaster.backup.enabled=false",
				"Start the application without this property.", null);
	}

}
