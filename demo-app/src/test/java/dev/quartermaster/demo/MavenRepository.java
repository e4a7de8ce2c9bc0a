/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local repository of Maven's in which this build is installed, as by {@code mvn
 * install}, and which is otherwise the user's own: of that it has links only.
 */
final class MavenRepository {

	private MavenRepository() {
	}

	/**
	 * Create it. It stays until the build is cleaned: whoever removes it is warned of
	 * each link.
	 */
	static Path withOurs() throws IOException {
		Path users = Path.of(System.getProperty("maven.local-repository"));
		Path repository = Files.createTempDirectory("repository");
		Path group = Files.createDirectories(repository.resolve("dev/quartermaster"));
		link(users, repository);
		link(users.resolve("dev"), repository.resolve("dev"));
		String version = System.getProperty("project.version");
		install(Path.of(".."), "quartermaster-backup-parent", version, group);
		for (String module : List.of("quartermaster-backup-autoconfigure", "quartermaster-backup-starter")) {
			Path target = install(Path.of("..", module), module, version, group);
			String jar = module + "-" + version + ".jar";
			Files.copy(Path.of("..", module, "target", jar), target.resolve(jar));
		}
		return repository;
	}

	private static void link(Path users, Path own) throws IOException {
		if (!Files.isDirectory(users)) {
			return;
		}
		try (Stream<Path> entries = Files.list(users)) {
			for (Path entry : entries.toList()) {
				Path link = own.resolve(entry.getFileName());
				if (!Files.exists(link)) {
					Files.createSymbolicLink(link, entry.toAbsolutePath());
				}
			}
		}
	}

	private static Path install(Path project, String name, String version, Path group) throws IOException {
		Path target = Files.createDirectories(group.resolve(name).resolve(version));
		Files.copy(project.resolve("pom.xml"), target.resolve(name + "-" + version + ".pom"));
		return target;
	}

}
