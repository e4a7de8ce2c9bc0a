/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The Actuator endpoint, health, metrics and the heartbeat: what others see of the
 * backups.
 */
@NullMarked
package dev.quartermaster.backup.actuate;

import org.jspecify.annotations.NullMarked;
