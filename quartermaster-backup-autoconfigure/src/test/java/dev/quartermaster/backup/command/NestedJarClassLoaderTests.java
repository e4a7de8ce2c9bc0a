/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NestedJarClassLoader}.
 */
class NestedJarClassLoaderTests {

	private static final String PACKAGE = NestedJarClassLoaderTests.class.getPackageName();

	private static final String FIRST = PACKAGE + ".NestedJarClassLoaderTests$First";

	private static final String SECOND = PACKAGE + ".NestedJarClassLoaderTests$Second";

	@TempDir
	private Path temp;

	@Test
	void loadsEveryClassFromWhereItIs() throws Exception {
		ClassLoader classLoader = insteadOf(jar("classes", "1"), jar("a", "2", FIRST), jar("b", "3", SECOND));
		assertThat(jarOf(classLoader, FIRST)).isEqualTo("a.jar");
		assertThat(jarOf(classLoader, SECOND)).isEqualTo("b.jar");
		assertThat(classLoader.loadClass(FIRST)).isSameAs(classLoader.loadClass(FIRST)).isNotSameAs(First.class);
		assertThatExceptionOfType(ClassNotFoundException.class)
			.isThrownBy(() -> classLoader.loadClass(PACKAGE + ".Missing"));
		assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> classLoader.loadClass("Missing"));
	}

	@Test
	void classesOfTheApplicationReplaceOthers() throws Exception {
		ClassLoader classLoader = insteadOf(jar("classes", "1", SECOND), jar("a", "2", FIRST, SECOND));
		assertThat(jarOf(classLoader, FIRST)).isEqualTo("a.jar");
		assertThat(jarOf(classLoader, SECOND)).isEqualTo("classes.jar");
	}

	@Test
	void packageHasTheVersionOfItsJar() throws Exception {
		ClassLoader classLoader = insteadOf(jar("classes", "1"), jar("a", "2.3.4", FIRST, SECOND));
		assertThat(classLoader.loadClass(FIRST).getPackage().getImplementationVersion()).isEqualTo("2.3.4");
		assertThat(classLoader.loadClass(SECOND).getPackage()).isSameAs(classLoader.loadClass(FIRST).getPackage());
	}

	@Test
	void findsResourcesAsBefore() throws Exception {
		URLClassLoader launched = launched(jar("classes", "1"), jar("a", "2"), jar("b", "3"));
		ClassLoader classLoader = NestedJarClassLoader.insteadOf(launched);
		assertThat(read(classLoader.getResource("about.txt"))).isEqualTo("classes");
		assertThat(Collections.list(classLoader.getResources("about.txt"))).hasSize(3)
			.isEqualTo(Collections.list(launched.getResources("about.txt")));
		assertThat(classLoader.getResource("missing.txt")).isNull();
		assertThat(Collections.list(classLoader.getResources("missing.txt"))).isEmpty();
	}

	@Test
	void loadsWhatIsNotInOneJarAnewAsWell() throws Exception {
		ClassLoader application = getClass().getClassLoader();
		assertThat(NestedJarClassLoader.insteadOf(application)).isSameAs(application);
		URLClassLoader extracted = new URLClassLoader(
				new URL[] { url(jar("a", "1")), this.temp.resolve("classes/").toUri().toURL() }, null);
		assertThat(NestedJarClassLoader.insteadOf(extracted)).isNotSameAs(extracted)
			.isExactlyInstanceOf(URLClassLoader.class)
			.extracting((fresh) -> ((URLClassLoader) fresh).getURLs())
			.isEqualTo(extracted.getURLs());
	}

	private static ClassLoader insteadOf(Path... jars) throws Exception {
		ClassLoader launched = launched(jars);
		ClassLoader classLoader = NestedJarClassLoader.insteadOf(launched);
		assertThat(classLoader).isNotSameAs(launched);
		return classLoader;
	}

	private static URLClassLoader launched(Path... jars) throws Exception {
		URL[] urls = new URL[jars.length];
		for (int i = 0; i < jars.length; i++) {
			urls[i] = url(jars[i]);
		}
		return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
	}

	private static URL url(Path jar) throws Exception {
		return URI.create("jar:" + jar.toUri() + "!/").toURL();
	}

	private static String jarOf(ClassLoader classLoader, String name) throws Exception {
		String location = classLoader.loadClass(name).getProtectionDomain().getCodeSource().getLocation().toString();
		return location.replaceAll(".*/([^/]+)!/", "$1");
	}

	private static String read(URL resource) throws IOException {
		try (InputStream content = resource.openStream()) {
			return new String(content.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Make a jar with some classes and a file that names it.
	 */
	private Path jar(String name, String version, String... classes) throws IOException {
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
		manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
		Path file = this.temp.resolve(name + ".jar");
		try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out, manifest)) {
			for (String path : List.of(classes).stream().map((type) -> type.replace('.', '/') + ".class").toList()) {
				jar.putNextEntry(new JarEntry(path));
				try (InputStream bytes = getClass().getClassLoader().getResourceAsStream(path)) {
					ByteArrayOutputStream content = new ByteArrayOutputStream();
					bytes.transferTo(content);
					jar.write(content.toByteArray());
				}
			}
			jar.putNextEntry(new JarEntry("about.txt"));
			jar.write(name.getBytes(StandardCharsets.UTF_8));
		}
		return file;
	}

	static final class First {

	}

	static final class Second {

	}

}
