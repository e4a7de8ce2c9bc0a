/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.migration.MigrationRefusedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A failure analyzer for a start that was refused because there is no snapshot.
 */
final class MigrationRefusedFailureAnalyzer extends AbstractFailureAnalyzer<MigrationRefusedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MigrationRefusedException cause) {
		return new FailureAnalysis(cause.getProblem() + ".", cause.getAction(), cause);
	}

}
