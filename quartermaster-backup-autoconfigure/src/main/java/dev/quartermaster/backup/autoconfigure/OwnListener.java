/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupListener;

/**
 * A {@link BackupListener} of ours. It is no bean of that type, so that an application
 * that injects its only one can go on doing so.
 *
 * @param listener the listener
 */
record OwnListener(BackupListener listener) {
}
