/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.actuate.Heartbeat;
import dev.quartermaster.backup.actuate.HeartbeatUrl;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the heartbeat of the backups.
 * Without a URL, which is the default, there is none.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
public final class QuartermasterBackupHeartbeatAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Nullable Heartbeat backupHeartbeat(QuartermasterBackupProperties properties) {
		HeartbeatUrl url = properties.heartbeat().parsedUrl();
		return (url != null) ? new Heartbeat(url) : null;
	}

	@Bean
	OwnListener heartbeatListener(ObjectProvider<Heartbeat> heartbeat) {
		Heartbeat available = heartbeat.getIfAvailable();
		return new OwnListener((available != null) ? available.listener() : BackupListener.NONE);
	}

}
