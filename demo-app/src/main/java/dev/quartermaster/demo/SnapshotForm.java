/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The wish for a snapshot, as the page's form sends it.
 *
 * @param reason why, in any words, or nothing
 */
record SnapshotForm(@Size(max = 200, message = "At most {max} characters, please.") @Nullable String reason) {

	static final SnapshotForm EMPTY = new SnapshotForm(null);

}
