/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import javax.sql.DataSource;

/**
 * A snapshot that was restored into a file of its own, to be checked.
 *
 * @param database the file of the database that the snapshot is of, which is not the one
 * that was restored
 * @param snapshot the file of the snapshot
 * @param dataSource gives connections to what was restored, for as long as the check
 * lasts; each must be closed
 */
public record RestoredSnapshot(Path database, Path snapshot, DataSource dataSource) {

}
