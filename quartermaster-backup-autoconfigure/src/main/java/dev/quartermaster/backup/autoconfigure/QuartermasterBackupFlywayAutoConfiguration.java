/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.MigrationGuard;
import dev.quartermaster.backup.SqliteBackupServices;
import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import org.flywaydb.core.Flyway;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for a snapshot before Flyway
 * migrates at start-up.
 */
@AutoConfiguration(after = { QuartermasterBackupAutoConfiguration.class, FlywayAutoConfiguration.class })
@ConditionalOnClass({ Flyway.class, FlywayMigrationStrategy.class })
@ConditionalOnBean({ QuartermasterBackupProperties.class, Flyway.class })
@ConditionalOnBooleanProperty(name = "quartermaster.backup.migration.enabled", matchIfMissing = true)
public final class QuartermasterBackupFlywayAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(FlywayMigrationStrategy.class)
	BackupFlywayMigrationStrategy backupFlywayMigrationStrategy(SqliteBackupServices services,
			QuartermasterBackupProperties properties) {
		MigrationGuard guard = new MigrationGuard(properties.migration().when(), properties.migration().onFailure());
		// Flyway may have a data source of its own, so the one to back up is known only
		// when it migrates.
		return new BackupFlywayMigrationStrategy(services::of, guard);
	}

}
