/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.quartermaster.backup.autoconfigure.TestApplication;
import dev.quartermaster.backup.command.BackupCommand;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An archive of the classes of all libraries, with which the start of a process of the
 * tests takes a fifth to a third less. The first process that starts others makes it, and
 * those that want it meanwhile do without.
 */
final class ClassArchive {

	/**
	 * The libraries, which must come first for an archive, and then the classes of this
	 * build.
	 */
	static final String CLASS_PATH;

	private static final String LIBRARIES;

	private static final Path DIRECTORY = Path.of("target", "class-archive").toAbsolutePath();

	private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	static {
		Map<Boolean, List<String>> entries = Arrays
			.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.collect(Collectors.partitioningBy((entry) -> entry.endsWith(".jar")));
		LIBRARIES = String.join(File.pathSeparator, entries.get(true));
		List<String> all = new ArrayList<>(entries.get(true));
		all.addAll(entries.get(false));
		CLASS_PATH = String.join(File.pathSeparator, all);
	}

	private ClassArchive() {
	}

	/**
	 * Return the options of a virtual machine that is to use it, which none may be.
	 */
	static List<String> options() {
		Path archive = DIRECTORY.resolve("%s-%08x.jsa".formatted(Runtime.version(), LIBRARIES.hashCode()));
		if (!Files.exists(archive)) {
			makeUnlessAnotherDoes(archive);
		}
		// Silent, should it not fit.
		return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable") : List.of();
	}

	private static synchronized void makeUnlessAnotherDoes(Path archive) {
		try {
			Files.createDirectories(DIRECTORY);
			try (FileChannel channel = FileChannel.open(DIRECTORY.resolve("lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
				if (lock != null && !Files.exists(archive)) {
					make(archive);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void make(Path archive) throws IOException {
		Path scratch = Files.createTempDirectory(DIRECTORY, "making");
		Path classes = scratch.resolve("classes");
		Path made = scratch.resolve("archive");
		run("-XX:DumpLoadedClassList=" + classes, "-Dorg.sqlite.lib.path=" + UnpackedSqlite.DIRECTORY, "-cp",
				CLASS_PATH, Training.class.getName(), scratch.resolve("app.db").toString());
		run("-Xshare:dump", "-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + made, "-cp", LIBRARIES);
		Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
		FileSystemUtils.deleteRecursively(scratch);
	}

	private static void run(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-Xlog:disable"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(Redirect.DISCARD)
			.start();
		assertThat(process.onExit().join().exitValue()).as("%s", command).isZero();
	}

	/**
	 * Does what the processes of the tests do, to see which classes that takes.
	 */
	static final class Training {

		public static void main(String[] args) {
			Path database = Migrations.atFirst(Path.of(args[0]));
			BackupServices.backup(BackupServices.service(database), "training");
			assertThat(TestDatabase.items(database)).hasSize(1);
			String url = TestDatabase.url(database);
			new TestApplication()
				.apply(List.of("--spring.datasource.url=" + url, "--spring.flyway.locations=" + Migrations.FIRST));
			BackupCommand.main(new String[] { "list", "--url", url });
		}

	}

}
