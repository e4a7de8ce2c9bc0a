/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The project whose tests run, if any do.
 */
final class ProjectUnderTest {

	/**
	 * The property by which Spring Boot tells the context of a {@code @SpringBootTest},
	 * or of a slice, from others.
	 */
	private static final String TEST = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

	private ProjectUnderTest() {
	}

	/**
	 * Return whether the application is a test's.
	 */
	static boolean isTest(Environment environment) {
		return "true".equals(environment.getProperty(TEST));
	}

	/**
	 * Return the directory for what is built, if the application is the test of a project
	 * and runs in its directory.
	 */
	static @Nullable Path buildDirectory(Environment environment) {
		return isTest(environment) ? buildDirectory(Path.of("")) : null;
	}

	/**
	 * Return the directory into which Maven or Gradle compiled a project.
	 */
	static @Nullable Path buildDirectory(Path project) {
		if (Files.isDirectory(project.resolve("target/test-classes"))) {
			return project.resolve("target").toAbsolutePath();
		}
		return Files.isDirectory(project.resolve("build/classes")) ? project.resolve("build").toAbsolutePath() : null;
	}

}
