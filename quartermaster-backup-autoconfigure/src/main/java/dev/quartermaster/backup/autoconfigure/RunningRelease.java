/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.ApplicationRelease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The release of the application that runs: its name, and the version in its build
 * information, or else the one that Spring Boot finds in the manifest of the jar with the
 * main class.
 */
final class RunningRelease {

	private static final Logger logger = LoggerFactory.getLogger(RunningRelease.class);

	private RunningRelease() {
	}

	static ApplicationRelease of(Environment environment, ObjectProvider<BuildProperties> builds) {
		String name = environment.getProperty("spring.application.name");
		String version = environment.getProperty("spring.application.version");
		try {
			BuildProperties build = builds.getIfUnique();
			if (build != null && StringUtils.hasText(build.getVersion())) {
				version = build.getVersion();
			}
			if (build != null && !StringUtils.hasText(name)) {
				name = build.getName();
			}
		}
		catch (BeansException ex) {
			// An application that starts without us must start with us.
			logger.debug("There is no build information", ex);
		}
		return new ApplicationRelease(StringUtils.hasText(name) ? name : null,
				StringUtils.hasText(version) ? version : null);
	}

}
