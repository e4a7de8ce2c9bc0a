/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The core: consistent, verified snapshots of a SQLite database, in plain Java.
 * {@link dev.quartermaster.backup.SqliteBackupService} is the entrance; everything else
 * is either a value that passes through it or a room behind it.
 * <p>
 * Applications may rely on these types. They change with the first number of the version
 * only, as do their public members that take and return nothing but these:
 * <ul>
 * <li>The services: {@link dev.quartermaster.backup.SqliteBackupService},
 * {@link dev.quartermaster.backup.SqliteBackupRegistry},
 * {@link dev.quartermaster.backup.SqliteDatabase}.
 * <li>How snapshots are taken and kept: {@link dev.quartermaster.backup.BackupSettings},
 * {@link dev.quartermaster.backup.VerificationMode},
 * {@link dev.quartermaster.backup.RetentionPolicy},
 * {@link dev.quartermaster.backup.ApplicationRelease}.
 * <li>What is known of snapshots: {@link dev.quartermaster.backup.Snapshot},
 * {@link dev.quartermaster.backup.SnapshotName},
 * {@link dev.quartermaster.backup.SnapshotReason},
 * {@link dev.quartermaster.backup.SnapshotManifest},
 * {@link dev.quartermaster.backup.SnapshotManifests},
 * {@link dev.quartermaster.backup.Verification},
 * {@link dev.quartermaster.backup.VerifiedSnapshot},
 * {@link dev.quartermaster.backup.SqliteReader}, {@link dev.quartermaster.backup.Bytes}.
 * <li>What comes of a backup or a restore: {@link dev.quartermaster.backup.BackupResult},
 * {@link dev.quartermaster.backup.RestoreResult},
 * {@link dev.quartermaster.backup.RestoreCommandLine},
 * {@link dev.quartermaster.backup.OpenState}.
 * <li>Restores at the next start: {@link dev.quartermaster.backup.PlannedRestores},
 * {@link dev.quartermaster.backup.PlannedRestore}.
 * <li>What applications implement: {@link dev.quartermaster.backup.BackupListener},
 * {@link dev.quartermaster.backup.SnapshotCheck}; and what these are told:
 * {@link dev.quartermaster.backup.RestoredSnapshot},
 * {@link dev.quartermaster.backup.BackupAttempt},
 * {@link dev.quartermaster.backup.BackupTrigger},
 * {@link dev.quartermaster.backup.PruneResult},
 * {@link dev.quartermaster.backup.DrillResult},
 * {@link dev.quartermaster.backup.MigrationComparison},
 * {@link dev.quartermaster.backup.TableRows}, {@link dev.quartermaster.backup.DataLoss}.
 * <li>Drills: {@link dev.quartermaster.backup.RestoreDrill}.
 * <li>Failures: {@link dev.quartermaster.backup.BackupException},
 * {@link dev.quartermaster.backup.DatabaseBusyException},
 * {@link dev.quartermaster.backup.NoRoomException},
 * {@link dev.quartermaster.backup.NotADatabaseException},
 * {@link dev.quartermaster.backup.RestoreAlreadyPlannedException},
 * {@link dev.quartermaster.backup.RestoreRefusedException},
 * {@link dev.quartermaster.backup.UnknownDatabaseException},
 * {@link dev.quartermaster.backup.UnsupportedDatabaseException}.
 * </ul>
 * Everything else is internal: it is public for the other packages only, and may change
 * with any release.
 */
@NullMarked
package dev.quartermaster.backup;

import org.jspecify.annotations.NullMarked;
