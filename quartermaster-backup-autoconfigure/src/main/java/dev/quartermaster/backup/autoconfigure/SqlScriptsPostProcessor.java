/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.AbstractScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The guard before the SQL scripts that Boot runs: those of {@code spring.sql.init},
 * those of its modules that have their own, and those of the application's own
 * initializers. There is no snapshot if there is no script, or if Boot is not to run
 * them.
 */
final class SqlScriptsPostProcessor extends SchemaChangePostProcessor<DataSourceScriptDatabaseInitializer> {

	private static final Logger logger = LoggerFactory.getLogger(SqlScriptsPostProcessor.class);

	private static final String OPTIONAL = "optional:";

	private final ResourceLoader resourceLoader;

	SqlScriptsPostProcessor(ObjectProvider<GuardedBeans> guardedBeans, ResourceLoader resourceLoader) {
		super(guardedBeans, DataSourceScriptDatabaseInitializer.class, SnapshotReason.SQL_INIT,
				"Spring Boot's SQL scripts");
		this.resourceLoader = resourceLoader;
	}

	@Override
	boolean mayChangeSchema(DataSourceScriptDatabaseInitializer bean) {
		DatabaseInitializationSettings settings = ScriptInitializerInternals.settings(bean);
		if (settings == null || isOverridden(bean)) {
			return true;
		}
		if (settings.getMode() == DatabaseInitializationMode.NEVER || !hasScripts(settings)) {
			return false;
		}
		return settings.getMode() == DatabaseInitializationMode.ALWAYS
				|| ScriptInitializerInternals.mayBeEmbedded(bean);
	}

	@Override
	List<DataSource> dataSources(DataSourceScriptDatabaseInitializer bean, String beanName) {
		return listOf(ScriptInitializerInternals.dataSource(bean));
	}

	/**
	 * Return whether the application says itself what is to be run.
	 */
	private static boolean isOverridden(DataSourceScriptDatabaseInitializer bean) {
		return Stream.of("afterPropertiesSet", "initializeDatabase")
			.map((name) -> ReflectionUtils.findMethod(bean.getClass(), name))
			.anyMatch((method) -> method == null
					|| method.getDeclaringClass() != AbstractScriptDatabaseInitializer.class);
	}

	private boolean hasScripts(DatabaseInitializationSettings settings) {
		return hasScripts(settings.getSchemaLocations()) || hasScripts(settings.getDataLocations());
	}

	private boolean hasScripts(@Nullable List<String> locations) {
		return locations != null && locations.stream().anyMatch(this::hasScripts);
	}

	private boolean hasScripts(String location) {
		String pattern = location.startsWith(OPTIONAL) ? location.substring(OPTIONAL.length()) : location;
		try {
			return Stream.of(ResourcePatternUtils.getResourcePatternResolver(this.resourceLoader).getResources(pattern))
				.anyMatch(Resource::isReadable);
		}
		catch (IOException | RuntimeException ex) {
			// Boot will say so, or find what was not found here.
			logger.debug("It could not be determined whether there are scripts at {}", location, Secrets.mask(ex));
			return true;
		}
	}

}
