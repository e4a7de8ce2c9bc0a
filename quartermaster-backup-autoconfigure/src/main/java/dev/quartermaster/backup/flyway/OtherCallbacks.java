/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * The callbacks of any kind that Flyway runs for the application even if no migration is
 * pending, and the SQL for each new connection.
 */
final class OtherCallbacks {

	private static final Logger logger = LoggerFactory.getLogger(OtherCallbacks.class);

	private OtherCallbacks() {
	}

	/**
	 * Return whether there is anything of that kind. Nothing is run, and nobody is
	 * connected to.
	 * @param configuration the configuration of Flyway
	 * @param ours the type of the callbacks that are not meant
	 * @return {@code true} as well if that cannot be determined
	 */
	static boolean mayTakePart(Configuration configuration, Class<? extends Callback> ours) {
		try {
			return hasText(configuration.getInitSql()) || hasJavaCallback(configuration, ours)
					|| configuration.getResourceProvider() != null || hasScript(configuration);
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			logger.debug("It could not be determined whether Flyway has callbacks", ex);
			return true;
		}
	}

	private static boolean hasText(String sql) {
		return sql != null && !sql.isBlank();
	}

	private static boolean hasJavaCallback(Configuration configuration, Class<? extends Callback> ours) {
		return Arrays.stream(configuration.getCallbacks()).anyMatch((callback) -> !ours.isInstance(callback));
	}

	private static boolean hasScript(Configuration configuration) throws IOException {
		ResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(
				new DefaultResourceLoader(configuration.getClassLoader()));
		Location[] locations = Stream
			.concat(Arrays.stream(configuration.getLocations()), Arrays.stream(configuration.getCallbackLocations()))
			.toArray(Location[]::new);
		for (Location location : locations) {
			if (hasScript(location, resolver)) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasScript(Location location, ResourcePatternResolver resolver) throws IOException {
		String prefix = switch (location.getPrefix()) {
			case "classpath:" -> "classpath*:";
			case "filesystem:" -> "file:";
			default -> null;
		};
		if (prefix == null || location.getPathRegex() != null) {
			return true;
		}
		return Arrays.stream(resolver.getResources(prefix + location.getRootPath() + "/**"))
			.anyMatch(OtherCallbacks::isOfCallback);
	}

	private static boolean isOfCallback(Resource resource) {
		String name = resource.getFilename();
		return name != null && Arrays.stream(Event.values()).anyMatch((event) -> name.startsWith(event.getId()));
	}

}
