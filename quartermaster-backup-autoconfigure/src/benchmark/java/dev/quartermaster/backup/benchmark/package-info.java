/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What a snapshot costs, next to what else there is. Run with
 * {@code mvn -Pbenchmark -pl quartermaster-backup-autoconfigure verify}; see
 * {@link dev.quartermaster.backup.benchmark.Benchmarks} for what can be chosen.
 */
@NullMarked
package dev.quartermaster.backup.benchmark;

import org.jspecify.annotations.NullMarked;
