/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.actuate.Heartbeat;
import dev.quartermaster.backup.actuate.HeartbeatUrl;
import dev.quartermaster.backup.copies.Copies;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

	private static final Logger logger = LoggerFactory.getLogger(QuartermasterBackupHeartbeatAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	@Nullable Heartbeat backupHeartbeat(QuartermasterBackupProperties properties, ObjectProvider<SqliteBackupRegistry> registry,
			ObjectProvider<Copies> copies) {
		HeartbeatUrl url = properties.heartbeat().parsedUrl();
		if (url == null) {
			return null;
		}
		Heartbeat heartbeat = new Heartbeat(url, (database) -> hasSnapshots(registry, database));
		copies.ifAvailable((elsewhere) -> elsewhere.addListener(heartbeat.waitFor(elsewhere::isComplete)));
		return heartbeat;
	}

	private static boolean hasSnapshots(ObjectProvider<SqliteBackupRegistry> registry, Path database) {
		try {
			SqliteBackupRegistry databases = registry.getIfAvailable();
			return databases != null && !databases.of(SqliteDatabase.of(database)).list().isEmpty();
		}
		catch (BackupException ex) {
			logger.debug("It is unknown whether {} has snapshots", database, ex);
			return false;
		}
	}

	@Bean
	OwnListener heartbeatListener(ObjectProvider<Heartbeat> heartbeat) {
		Heartbeat available = heartbeat.getIfAvailable();
		return new OwnListener((available != null) ? available.listener() : BackupListener.NONE);
	}

}
