/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupRegistry;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots of the application's
 * SQLite databases. With ahead-of-time processing, which decides about beans before the
 * properties are known, a bean that is switched off is {@code null}: to the application
 * it is as if there were none.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(SQLiteConnection.class)
@ConditionalOnSwitch("quartermaster.backup.enabled")
@EnableConfigurationProperties(QuartermasterBackupProperties.class)
public final class QuartermasterBackupAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BackupSettings quartermasterBackupSettings(QuartermasterBackupProperties properties, Environment environment,
			ObjectProvider<BuildProperties> builds) {
		return properties.settings().withApplication(RunningRelease.of(environment, builds));
	}

	@Bean
	CandidateBeans databaseCandidateBeans(ListableBeanFactory beanFactory) {
		return new CandidateBeans(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	@Nullable SqliteBackupRegistry sqliteBackupServices(QuartermasterBackupProperties properties, CandidateBeans candidates,
			BackupSettings settings, ObjectProvider<BackupListener> listeners, ObjectProvider<OwnListener> own) {
		return properties.enabled()
				? new SqliteBackupRegistry(candidates, settings, new LazyBackupListeners(listeners, own)) : null;
	}

	@Bean
	static OrphanedJournalPostProcessor orphanedJournalPostProcessor(ObjectProvider<SqliteBackupRegistry> services) {
		return new OrphanedJournalPostProcessor(services);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSingleCandidate(DataSource.class)
	@Nullable SqliteBackupService sqliteBackupService(DataSource dataSource, ObjectProvider<SqliteBackupRegistry> services) {
		SqliteBackupRegistry available = services.getIfAvailable();
		return (available != null) ? available.standard(dataSource) : null;
	}

}
