/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.ApplicationRelease;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReleaseInJar}, with the classes and the build information of a jar of
 * their own.
 */
class ReleaseInJarTests {

	private static final Map<String, String> CONFIGURED = Map.of("spring.application.name", "shop",
			"spring.application.version", "configured");

	@TempDir
	private Path jar;

	@Test
	void isWhatIsConfiguredIfThereIsNoBuildInformation() {
		assertThat(ReleaseInJar.of(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "configured"));
		assertThat(ReleaseInJar.of(Map.of("spring.application.name", " ")))
			.isEqualTo(new ApplicationRelease(null, null));
	}

	@Test
	void hasTheVersionOfTheBuildAndTheNameThatIsConfigured() throws Exception {
		build("build.name=built\nbuild.version=2.3.0\n");
		assertThat(releaseInJar(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "2.3.0").toString());
		assertThat(releaseInJar(Map.of())).isEqualTo(new ApplicationRelease("built", "2.3.0").toString());
	}

	@Test
	void buildInformationThatCannotBeReadTellsNothing() throws Exception {
		build("build.version=\\u12");
		assertThat(releaseInJar(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "configured").toString());
	}

	private void build(String content) throws Exception {
		Files.writeString(Files.createDirectories(this.jar.resolve("META-INF")).resolve("build-info.properties"),
				content);
	}

	private String releaseInJar(Map<String, String> properties) throws Exception {
		List<URL> classPath = new ArrayList<>(List.of(this.jar.toUri().toURL()));
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			classPath.add(Path.of(entry).toUri().toURL());
		}
		try (URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			Method of = loader.loadClass(ReleaseInJar.class.getName()).getDeclaredMethod("of", Map.class);
			of.setAccessible(true);
			return of.invoke(null, properties).toString();
		}
	}

}
