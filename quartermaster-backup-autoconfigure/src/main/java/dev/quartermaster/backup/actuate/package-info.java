/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The Actuator endpoint, health, metrics and the heartbeat: what others see of the
 * backups.
 * <p>
 * What is documented of the endpoint, of health and of the metrics may be relied on. The
 * types are internal: they are public for the other packages only, and may change with
 * any release.
 */
@NullMarked
package dev.quartermaster.backup.actuate;

import org.jspecify.annotations.NullMarked;
