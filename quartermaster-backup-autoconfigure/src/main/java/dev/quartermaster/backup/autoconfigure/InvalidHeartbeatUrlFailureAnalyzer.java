/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * {@link FailureAnalyzer} for {@link InvalidHeartbeatUrlException}.
 */
final class InvalidHeartbeatUrlFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHeartbeatUrlException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHeartbeatUrlException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Set " + QuartermasterBackupProperties.PREFIX + ".heartbeat.url to the whole URL as the service shows"
						+ " it, such as https://hc-ping.com/..., or remove it.",
				cause);
	}

}
