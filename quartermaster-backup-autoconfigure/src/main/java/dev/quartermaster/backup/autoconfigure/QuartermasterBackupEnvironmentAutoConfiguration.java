/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.SqliteBackupRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for warnings of what endangers the
 * application's SQLite databases.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
@ConditionalOnSwitch("quartermaster.backup.check-environment")
public final class QuartermasterBackupEnvironmentAutoConfiguration {

	@Bean
	EnvironmentCheckListener environmentCheckListener(QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupRegistry> services) {
		return new EnvironmentCheckListener(properties.enabled() && properties.checkEnvironment(), services);
	}

}
