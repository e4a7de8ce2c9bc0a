/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint.PlannedRestoreDescriptor;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint.PlannedRestoresDescriptor;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpointWebExtension;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code dbbackuprestore}
 * endpoint, which there is only where access to it was given.
 */
@AutoConfiguration(after = QuartermasterBackupRestoreAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(DatabaseRestoreEndpoint.class)
@ConditionalOnBean({ PlannedRestores.class, SqliteBackupRegistry.class })
@Conditional(OnDatabaseCondition.class)
@RegisterReflectionForBinding({ PlannedRestoreDescriptor.class, PlannedRestoresDescriptor.class,
		FailureDescriptor.class })
public final class QuartermasterBackupRestoreEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DatabaseRestoreEndpoint databaseRestoreEndpoint(ObjectProvider<SqliteBackupRegistry> services,
			PlannedRestores restores) {
		return new DatabaseRestoreEndpoint(services.getIfAvailable(SwitchedOff::create), restores);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(DatabaseRestoreEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	DatabaseRestoreEndpointWebExtension databaseRestoreEndpointWebExtension(DatabaseRestoreEndpoint endpoint) {
		return new DatabaseRestoreEndpointWebExtension(endpoint);
	}

}
