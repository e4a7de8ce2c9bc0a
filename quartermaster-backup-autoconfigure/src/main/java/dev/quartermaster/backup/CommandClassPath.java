/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The libraries of the application that its backup command needs when it is given the
 * database.
 */
final class CommandClassPath {

	/**
	 * The class of the command, by its name, since the core does not know it.
	 */
	static final String COMMAND = "dev.quartermaster.backup.command.BackupCommand";

	/**
	 * One class of each.
	 */
	private static final List<String> NEEDED = List.of(COMMAND, "picocli.CommandLine", "org.sqlite.JDBC",
			"org.slf4j.LoggerFactory", "org.apache.commons.logging.LogFactory",
			"org.springframework.boot.SpringApplication", "org.springframework.core.SpringVersion",
			"org.springframework.beans.factory.BeanFactory", "org.springframework.context.ApplicationContext");

	/**
	 * Of use if there is a configuration file of the kind where the command is run.
	 */
	private static final String YAML = "org.yaml.snakeyaml.Yaml";

	private CommandClassPath() {
	}

	/**
	 * Find the libraries.
	 * @param classLoader the class loader of the application
	 * @return the files and directories, or none if one cannot be found or lies in
	 * another file
	 */
	static List<Path> find(@Nullable ClassLoader classLoader) {
		List<Path> found = new ArrayList<>();
		for (String type : NEEDED) {
			Path library = find(type, classLoader);
			if (library == null) {
				return List.of();
			}
			found.add(library);
		}
		Path yaml = find(YAML, classLoader);
		if (yaml != null) {
			found.add(yaml);
		}
		return found.stream().distinct().toList();
	}

	/**
	 * Return whether the application has all of them, wherever they lie.
	 * @param classLoader the class loader of the application
	 */
	static boolean isThere(@Nullable ClassLoader classLoader) {
		return classLoader != null
				&& NEEDED.stream().allMatch((type) -> classLoader.getResource(resource(type)) != null);
	}

	private static String resource(String type) {
		return type.replace('.', '/') + ".class";
	}

	private static @Nullable Path find(String type, @Nullable ClassLoader classLoader) {
		String resource = resource(type);
		URL url = (classLoader != null) ? classLoader.getResource(resource) : null;
		try {
			return (url != null) ? libraryOf(url, resource) : null;
		}
		catch (IOException | URISyntaxException | IllegalArgumentException ex) {
			// A server may have URLs of its own kind.
			return null;
		}
	}

	private static @Nullable Path libraryOf(URL url, String resource) throws IOException, URISyntaxException {
		if (url.getProtocol().equals("file")) {
			String directory = url.toString();
			return Path.of(new URI(directory.substring(0, directory.length() - resource.length())));
		}
		if (!url.getProtocol().equals("jar") || !(url.openConnection() instanceof JarURLConnection jar)) {
			return null;
		}
		URL file = jar.getJarFileURL();
		return file.getProtocol().equals("file") ? Path.of(file.toURI()) : null;
	}

}
