/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.List;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;

/**
 * The failure of a migration that succeeded, but lost data that nobody expects it to
 * lose.
 */
public final class DataLossException extends BackupException {

	DataLossException(String problem, String action) {
		super(problem, action, null);
	}

	/**
	 * Throw the first of several losses, which has the others with it.
	 */
	static void throwIfAny(List<Optional<DataLossException>> losses) {
		losses.stream().flatMap(Optional::stream).reduce((first, other) -> {
			first.addSuppressed(other);
			return first;
		}).ifPresent((loss) -> {
			throw loss;
		});
	}

}
