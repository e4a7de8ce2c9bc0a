/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.List;

/**
 * The changes that are going to be made to a schema, as whoever makes them tells when
 * asked. To ask may need a connection, so it is done only if the answer matters.
 */
@FunctionalInterface
public interface PendingChanges {

	/**
	 * Ask whether anything will be changed.
	 * @return {@code true} as well if that is not known
	 */
	boolean areAny();

	/**
	 * Return what will be changed, for the manifest of the snapshot. Nobody is asked for
	 * it.
	 * @return the names of the changes in their order, as far as they became known when
	 * it was asked whether there are any
	 */
	default List<String> names() {
		return List.of();
	}

}
