/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * those that want it meanwhile do without, as all do if that fails.
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

	private static boolean failed;

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
		return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive,
				// Should it not fit.
				"-Xlog:cds=off", "-Xlog:cds+dynamic=off") : List.of();
	}

	private static synchronized void makeUnlessAnotherDoes(Path archive) {
		if (failed) {
			return;
		}
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
		failed = !(succeeds("-XX:DumpLoadedClassList=" + classes, "-Dorg.sqlite.lib.path=" + UnpackedSqlite.DIRECTORY,
				"-cp", CLASS_PATH, Training.class.getName(), scratch.resolve("app.db").toString())
				&& succeeds("-Xshare:dump", "-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + made,
						"-cp", LIBRARIES));
		if (!failed) {
			Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
		}
		FileSystemUtils.deleteRecursively(scratch);
	}

	/**
	 * Run Java, and tell what it said if it failed: the tests do without the archive, and
	 * one of them is likely to tell of the same reason.
	 */
	private static boolean succeeds(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes());
		int exit = process.onExit().join().exitValue();
		if (exit != 0) {
			System.err.printf("No archive of classes was made. %s ended with %d:%n%s%n", command, exit, output);
		}
		return exit == 0;
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
