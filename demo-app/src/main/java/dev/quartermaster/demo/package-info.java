/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The demo application: a small inventory on SQLite.
 */
@NullMarked
package dev.quartermaster.demo;

import org.jspecify.annotations.NullMarked;
