/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import dev.quartermaster.backup.FileState;
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
		if (isKnownDirectory(project.resolve("target/test-classes"))) {
			return project.resolve("target").toAbsolutePath();
		}
		return isKnownDirectory(project.resolve("build/classes")) ? project.resolve("build").toAbsolutePath() : null;
	}

	private static boolean isKnownDirectory(Path path) {
		try {
			return FileState.of(path).kind() == FileState.Kind.DIRECTORY;
		}
		catch (IOException ex) {
			// Then the snapshots are where they would be without a test.
			return false;
		}
	}

}
