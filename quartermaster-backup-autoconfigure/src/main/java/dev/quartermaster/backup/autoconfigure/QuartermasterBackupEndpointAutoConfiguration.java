/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.AuditedMigrations;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.CreatedDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.FailedDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.NothingDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.ResultsDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.actuate.RefusedRequestResolver;
import dev.quartermaster.backup.actuate.RetryAfterAdvice;
import dev.quartermaster.backup.flyway.FlywayMigrations;
import dev.quartermaster.backup.liquibase.LiquibaseMigrations;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code dbbackup} endpoint.
 * The types of its methods do not tell what they answer, which a native image has to
 * know.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(DatabaseBackupEndpoint.class)
@ConditionalOnBean({ QuartermasterBackupProperties.class, SqliteBackupRegistry.class })
@Conditional(OnDatabaseCondition.class)
@RegisterReflectionForBinding({ CreatedDescriptor.class, NothingDescriptor.class, FailedDescriptor.class,
		ResultsDescriptor.class, FailureDescriptor.class })
public final class QuartermasterBackupEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DatabaseBackupEndpoint databaseBackupEndpoint(ObjectProvider<SqliteBackupRegistry> services,
			AuditedMigrations migrations, ObjectProvider<ReleaseMigrations.Source> sources) {
		return new DatabaseBackupEndpoint(services.getIfAvailable(SwitchedOff::create), migrations,
				sources::orderedStream);
	}

	@Bean
	@ConditionalOnMissingBean
	AuditedMigrations auditedMigrations() {
		return new AuditedMigrations();
	}

	@Bean
	OwnListener auditedMigrationsListener(AuditedMigrations migrations) {
		return new OwnListener(migrations.listener());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(DatabaseBackupEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	DatabaseBackupEndpointWebExtension databaseBackupEndpointWebExtension(DatabaseBackupEndpoint endpoint) {
		return new DatabaseBackupEndpointWebExtension(endpoint);
	}

	/**
	 * What needs Flyway.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Flyway.class)
	static final class FlywayConfiguration {

		@Bean
		FlywayMigrations quartermasterBackupFlywayMigrations(ConfigurableListableBeanFactory beans,
				ObjectProvider<SqliteBackupRegistry> registry) {
			return new FlywayMigrations(() -> CandidateBeans.made(beans, Flyway.class),
					(dataSource) -> registry.getObject().of(dataSource));
		}

	}

	/**
	 * What needs Liquibase.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SpringLiquibase.class)
	static final class LiquibaseConfiguration {

		@Bean
		LiquibaseMigrations quartermasterBackupLiquibaseMigrations(ConfigurableListableBeanFactory beans,
				ObjectProvider<SqliteBackupRegistry> registry) {
			return new LiquibaseMigrations(() -> CandidateBeans.made(beans, SpringLiquibase.class),
					(dataSource) -> registry.getObject().of(dataSource));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ResponseBodyAdvice.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnAvailableEndpoint(endpoint = DatabaseBackupEndpoint.class, exposure = EndpointExposure.WEB)
	static final class WebMvcConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RetryAfterAdvice databaseBackupRetryAfterAdvice(BackupSettings settings) {
			return new RetryAfterAdvice(settings.busyTimeout());
		}

		@Bean
		@ConditionalOnMissingBean
		RefusedRequestResolver databaseBackupRefusedRequestResolver(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new RefusedRequestResolver(endpoints::getIfUnique);
		}

	}

}
