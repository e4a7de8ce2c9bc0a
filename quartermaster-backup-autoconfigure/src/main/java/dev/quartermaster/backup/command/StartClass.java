/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

import org.jspecify.annotations.Nullable;

/**
 * The class whose {@code main} starts the application: manifests that Spring Boot has
 * written name it, in jars that can be executed and in those extracted from one.
 */
final class StartClass {

	private static final Attributes.Name MARK = new Attributes.Name("Spring-Boot-Version");

	private static final Attributes.Name START = new Attributes.Name("Start-Class");

	private static final String LAUNCHERS = "org.springframework.boot.loader.";

	private final String command;

	/**
	 * Create a new instance.
	 * @param command the name of the class whose {@code main} runs the command, and which
	 * a launcher that runs it names in place of the application's
	 */
	StartClass(String command) {
		this.command = command;
	}

	/**
	 * Return the name of the class, or {@code null} if no manifest tells.
	 */
	@Nullable String find() {
		String launched = System.getProperty("loader.main", System.getenv("LOADER_MAIN"));
		if (launched != null && !launched.equals(this.command)) {
			return launched;
		}
		for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
			Attributes manifest = manifest(Path.of(entry));
			String main = (manifest != null) ? main(manifest) : null;
			if (main != null) {
				return main;
			}
		}
		return null;
	}

	private static @Nullable String main(Attributes manifest) {
		if (manifest.containsKey(START)) {
			return manifest.getValue(START);
		}
		String main = manifest.getValue(Attributes.Name.MAIN_CLASS);
		return (manifest.containsKey(MARK) && main != null && !main.startsWith(LAUNCHERS)) ? main : null;
	}

	private static @Nullable Attributes manifest(Path entry) {
		try (InputStream content = Files.newInputStream(entry.resolve(JarFile.MANIFEST_NAME))) {
			return new Manifest(content).getMainAttributes();
		}
		catch (IOException ex) {
			// No directory, or one without a manifest.
			return manifestOfJar(entry);
		}
	}

	private static @Nullable Attributes manifestOfJar(Path entry) {
		try (JarFile jar = new JarFile(entry.toFile())) {
			Manifest manifest = jar.getManifest();
			return (manifest != null) ? manifest.getMainAttributes() : null;
		}
		catch (IOException ex) {
			// No jar: whoever needs what is in it will say so.
			return null;
		}
	}

}
