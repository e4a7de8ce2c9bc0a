/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProjectUnderTest}.
 */
class ProjectUnderTestTests {

	@TempDir
	private Path project;

	@Test
	void mavenAndGradleHaveDirectoriesOfTheirOwn() throws IOException {
		assertThat(ProjectUnderTest.buildDirectory(this.project)).isNull();
		Files.createDirectories(this.project.resolve("build/classes"));
		assertThat(ProjectUnderTest.buildDirectory(this.project)).isEqualTo(this.project.resolve("build"));
		Files.createDirectories(this.project.resolve("target/test-classes"));
		assertThat(ProjectUnderTest.buildDirectory(this.project)).isEqualTo(this.project.resolve("target"));
	}

	@Test
	void applicationThatIsNoTestHasNone() {
		assertThat(ProjectUnderTest.buildDirectory(new MockEnvironment())).isNull();
	}

}
