/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * The release of the application that takes snapshots, as far as it is known.
 *
 * @param name the name of the application, or {@code null}
 * @param version its version, or {@code null}
 */
public record ApplicationRelease(@Nullable String name, @Nullable String version) {

	/**
	 * One of which nothing is known.
	 */
	public static final ApplicationRelease UNKNOWN = new ApplicationRelease(null, null);

}
