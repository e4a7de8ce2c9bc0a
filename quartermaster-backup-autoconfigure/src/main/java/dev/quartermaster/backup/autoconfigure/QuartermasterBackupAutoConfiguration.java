/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupServices;
import org.sqlite.SQLiteConnection;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots of the application's
 * SQLite databases.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(SQLiteConnection.class)
@ConditionalOnBooleanProperty(name = "quartermaster.backup.enabled", matchIfMissing = true)
@EnableConfigurationProperties(QuartermasterBackupProperties.class)
public final class QuartermasterBackupAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BackupSettings quartermasterBackupSettings(QuartermasterBackupProperties properties) {
		return properties.settings();
	}

	@Bean
	CandidateBeans databaseCandidateBeans(ListableBeanFactory beanFactory) {
		return new CandidateBeans(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	SqliteBackupServices sqliteBackupServices(CandidateBeans candidates, BackupSettings settings,
			ObjectProvider<BackupListener> listeners) {
		return new SqliteBackupServices(candidates, settings, new LazyBackupListeners(listeners));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSingleCandidate(DataSource.class)
	SqliteBackupService sqliteBackupService(DataSource dataSource, SqliteBackupServices services) {
		return services.standard(dataSource);
	}

}
