/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.RestoreAtStart;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.command.MigrationsOfRelease;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for restores that are carried out
 * when the application starts.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
public final class QuartermasterBackupRestoreAutoConfiguration {

	@Bean
	@Nullable RestoreAtStart restoreAtStart(QuartermasterBackupProperties properties, BackupSettings settings,
			ObjectProvider<BackupListener> listeners, ObjectProvider<OwnListener> own, Environment environment) {
		// What is planned is for a start that serves somebody.
		return (properties.enabled() && !TrainingRun.isThis())
				? new RestoreAtStart(settings, new LazyBackupListeners(listeners, own), fits(settings, environment))
				: null;
	}

	@Bean
	static PlannedRestorePostProcessor plannedRestorePostProcessor(ObjectProvider<RestoreAtStart> restores) {
		return new PlannedRestorePostProcessor(restores);
	}

	@Bean
	@ConditionalOnMissingBean
	PlannedRestores plannedRestores(BackupSettings settings, ObjectProvider<RestoreAtStart> restores,
			Environment environment) {
		return new PlannedRestores(settings, fits(settings, environment), (database) -> {
			RestoreAtStart available = restores.getIfAvailable();
			return available != null && available.hasSeen(database);
		});
	}

	/**
	 * What the next start is going to say, which knows no beans then.
	 */
	private static Function<Path, Optional<SchemaFit>> fits(BackupSettings settings, Environment environment) {
		return (snapshot) -> (environment instanceof ConfigurableEnvironment configurable)
				? MigrationsOfRelease.fitOf(configurable, settings.application(), snapshot) : Optional.empty();
	}

	@Bean
	ApplicationListener<ContextRefreshedEvent> missedRestoresListener(ObjectProvider<RestoreAtStart> restores,
			ObjectProvider<SqliteBackupRegistry> services, ApplicationContext context) {
		return (event) -> {
			// A child context, such as that of the management port, has its own event.
			if (event.getApplicationContext() == context) {
				restores.ifAvailable(
						(start) -> services.ifAvailable((registry) -> registry.located().forEach(start::missed)));
			}
		};
	}

}
