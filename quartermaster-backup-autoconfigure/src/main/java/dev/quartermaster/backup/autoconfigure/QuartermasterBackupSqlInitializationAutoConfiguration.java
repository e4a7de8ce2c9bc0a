/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.AbstractScriptDatabaseInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ResourceLoader;
import org.springframework.jdbc.datasource.init.DatabasePopulator;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots before Boot runs SQL
 * scripts.
 */
@AutoConfiguration(after = QuartermasterBackupMigrationAutoConfiguration.class)
@ConditionalOnClass({ DataSourceScriptDatabaseInitializer.class, AbstractScriptDatabaseInitializer.class,
		DatabasePopulator.class })
@ConditionalOnBean(GuardedBeans.class)
@ImportRuntimeHints(ScriptInitializerInternals.class)
public final class QuartermasterBackupSqlInitializationAutoConfiguration {

	@Bean
	static SqlScriptsPostProcessor sqlScriptsPostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ResourceLoader resourceLoader) {
		return new SqlScriptsPostProcessor(guardedBeans, resourceLoader);
	}

}
