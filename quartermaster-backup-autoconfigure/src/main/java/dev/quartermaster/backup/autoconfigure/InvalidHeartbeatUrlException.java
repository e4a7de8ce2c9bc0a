/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

/**
 * Exception thrown when the configured URL of the heartbeat is none. Unlike Spring Boot's
 * own for such cases, it leads to no report that quotes the value, which is a secret.
 */
final class InvalidHeartbeatUrlException extends RuntimeException {

	InvalidHeartbeatUrlException(String why) {
		super("The value of " + QuartermasterBackupProperties.PREFIX + ".heartbeat.url cannot be used: " + why
				+ ". It is not shown, since whoever knows it can send heartbeats");
	}

}
