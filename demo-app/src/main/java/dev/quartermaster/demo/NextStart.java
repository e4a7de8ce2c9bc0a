/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.PlannedRestore;
import org.jspecify.annotations.Nullable;

/**
 * What the page says of the next start of the application.
 *
 * @param offered whether it may restore a snapshot
 * @param plan the snapshot that it is going to restore, or {@code null}
 * @param failure why it is not known, or why an earlier start did not do it, or
 * {@code null}
 */
record NextStart(boolean offered, @Nullable String plan, @Nullable Notice failure) {

	static final NextStart NOT_OFFERED = new NextStart(false, null, null);

	static NextStart of(PlannedRestore plan) {
		String name = String.valueOf(plan.snapshot().getFileName());
		return (plan.stage() == PlannedRestore.Stage.PLANNED) ? new NextStart(true, name, null)
				: new NextStart(true, null, Notice.failed("The last start did not restore " + name + ".",
						(plan.failure() != null) ? plan.failure() : "It began to, and did not finish."));
	}

	static NextStart unknown(BackupException ex) {
		return new NextStart(true, null, Notice.failed(ex));
	}

}
