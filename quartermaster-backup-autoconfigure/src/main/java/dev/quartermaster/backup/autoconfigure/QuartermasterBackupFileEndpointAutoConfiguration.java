/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupFileEndpoint;
import dev.quartermaster.backup.actuate.RefusedRequestResolver;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code dbbackupfile}
 * endpoint, which nobody can use who was not given access to it.
 */
@AutoConfiguration(
		after = { QuartermasterBackupAutoConfiguration.class, QuartermasterBackupEndpointAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(endpoint = DatabaseBackupFileEndpoint.class, exposure = EndpointExposure.WEB)
@ConditionalOnBean({ QuartermasterBackupProperties.class, SqliteBackupRegistry.class })
@Conditional(OnDatabaseCondition.class)
@RegisterReflectionForBinding(FailureDescriptor.class)
public final class QuartermasterBackupFileEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DatabaseBackupFileEndpoint databaseBackupFileEndpoint(ObjectProvider<SqliteBackupRegistry> services) {
		return new DatabaseBackupFileEndpoint(services.getIfAvailable(SwitchedOff::create));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HandlerExceptionResolver.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static final class WebMvcConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RefusedRequestResolver databaseBackupFileRefusedRequestResolver(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new RefusedRequestResolver(endpoints::getIfUnique);
		}

	}

}
