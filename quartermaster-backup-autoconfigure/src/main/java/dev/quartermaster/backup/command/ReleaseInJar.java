/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;

import dev.quartermaster.backup.ApplicationRelease;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.StringUtils;

/**
 * The release of the application whose jar this is, from its configuration and the build
 * information in the jar.
 */
final class ReleaseInJar {

	private static final Logger logger = LoggerFactory.getLogger(ReleaseInJar.class);

	private static final String BUILD = "META-INF/build-info.properties";

	private ReleaseInJar() {
	}

	/**
	 * Return the release.
	 * @param properties the properties of the application
	 */
	static ApplicationRelease of(Map<String, String> properties) {
		Properties build = build();
		return new ApplicationRelease(first(properties.get("spring.application.name"), build.getProperty("build.name")),
				first(build.getProperty("build.version"), properties.get("spring.application.version")));
	}

	private static @Nullable String first(@Nullable String one, @Nullable String other) {
		return StringUtils.hasText(one) ? one : StringUtils.hasText(other) ? other : null;
	}

	private static Properties build() {
		Properties build = new Properties();
		try (InputStream resource = ReleaseInJar.class.getClassLoader().getResourceAsStream(BUILD)) {
			if (resource != null) {
				build.load(resource);
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.debug("{} cannot be read", BUILD, ex);
		}
		return build;
	}

}
