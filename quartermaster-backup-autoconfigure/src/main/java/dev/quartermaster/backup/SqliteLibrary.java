/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.core.NativeDB;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native code of SQLite, which the driver unpacks into a directory for temporary
 * files and loads from there before the first connection. It tries that once in the life
 * of a process, and keeps to itself what was in its way.
 */
final class SqliteLibrary {

	/**
	 * The system property with the directory to unpack it into.
	 */
	private static final String DIRECTORY = "org.sqlite.tmpdir";

	/**
	 * The system property that counts without that one.
	 */
	private static final String TEMPORARY = "java.io.tmpdir";

	/**
	 * The system properties with the directory and the name of one that is unpacked.
	 */
	private static final String LIBRARY = "org.sqlite.lib.path";

	private static final String LIBRARY_NAME = "org.sqlite.lib.name";

	private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");

	private static final int MOST_CAUSES = 100;

	private static final String CANNOT = "SQLite cannot be used: ";

	/**
	 * What the driver said when it tried. It does not say it again.
	 */
	private static volatile @Nullable Throwable failure;

	private SqliteLibrary() {
	}

	/**
	 * Return whether it is loaded, now if not before.
	 */
	static boolean isLoaded() {
		try {
			return NativeDB.load();
		}
		catch (Exception | LinkageError ex) {
			failure = ex;
			return false;
		}
	}

	/**
	 * Load it, unless that has been done.
	 * @throws BackupException if it cannot be loaded
	 */
	static void require() {
		if (!isLoaded()) {
			throw notLoaded(failure);
		}
	}

	/**
	 * Return whether a connection could not be opened because it cannot be loaded.
	 */
	static boolean isMissing(Throwable ex) {
		return Stream.iterate(ex, (cause) -> cause != null, Throwable::getCause)
			// Exceptions may lead to each other in a circle.
			.limit(MOST_CAUSES)
			.anyMatch((cause) -> cause instanceof NativeLibraryNotFoundException
					|| (cause instanceof LinkageError && !isLoaded()));
	}

	/**
	 * Return why it cannot be loaded, as far as can be found out.
	 * @param cause what the driver said, if anybody knows
	 */
	static BackupException notLoaded(@Nullable Throwable cause) {
		String said = (cause != null && cause.getMessage() != null) ? " (" + cause.getMessage() + ")" : "";
		if (!LibraryLoaderUtil.hasNativeLib(LibraryLoaderUtil.getNativeLibResourcePath(),
				LibraryLoaderUtil.getNativeLibName())) {
			return new BackupException(CANNOT + "its driver has no native library for this system" + said,
					"Specify the directory of a suitable library with -D" + LIBRARY
							+ "=DIRECTORY after java, and start again.",
					cause);
		}
		String obstacle = obstacle(Path.of(System.getProperty(DIRECTORY, System.getProperty(TEMPORARY, ""))));
		return new BackupException(
				CANNOT + ((obstacle != null) ? obstacle : "its native library cannot be loaded" + said),
				"Specify a directory where files can be written and executed with -D" + DIRECTORY
						+ "=DIRECTORY, after java or in JAVA_TOOL_OPTIONS, and start again.",
				cause);
	}

	/**
	 * Return what keeps the library from being unpacked into a directory and executed
	 * there, by trying it.
	 * @return a part of a sentence, or {@code null} if nothing does
	 */
	static @Nullable String obstacle(Path directory) {
		Path copy = null;
		try (InputStream library = Objects.requireNonNull(LibraryLoaderUtil.class.getResourceAsStream(
				LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName()))) {
			copy = Files.createTempFile(directory, "sqlite-", ".tmp", DurableFiles.OWNER_ONLY_PROGRAM);
			try (OutputStream out = Files.newOutputStream(copy)) {
				library.transferTo(out);
			}
			return mayBeExecuted(copy) ? null : "its native library is unpacked in " + directory.toAbsolutePath()
					+ ", where nothing may be executed (the volume is mounted with noexec)";
		}
		catch (IOException ex) {
			return "its native library cannot be unpacked into " + directory.toAbsolutePath() + " ("
					+ FileFailures.describe(ex) + ")";
		}
		finally {
			remove(copy);
		}
	}

	/**
	 * Return the options of Java with which another process finds it where this one did,
	 * mostly none. They depend on no working directory.
	 */
	static List<String> options() {
		List<String> options = new ArrayList<>();
		String temporary = System.getProperty(TEMPORARY, "");
		// On other systems nothing tells that it was chosen.
		boolean chosen = LINUX && !temporary.equals("/tmp");
		addDirectory(options, DIRECTORY, System.getProperty(DIRECTORY, chosen ? temporary : ""));
		addDirectory(options, LIBRARY, System.getProperty(LIBRARY, ""));
		String name = System.getProperty(LIBRARY_NAME);
		if (name != null) {
			options.add("-D" + LIBRARY_NAME + "=" + name);
		}
		return options;
	}

	private static void addDirectory(List<String> options, String property, String directory) {
		if (!directory.isEmpty()) {
			options.add("-D" + property + "=" + Path.of(directory).toAbsolutePath().normalize());
		}
	}

	private static boolean mayBeExecuted(Path file) throws IOException {
		try {
			file.getFileSystem().provider().checkAccess(file, AccessMode.EXECUTE);
			return true;
		}
		catch (AccessDeniedException ex) {
			return false;
		}
	}

	private static void remove(@Nullable Path copy) {
		try {
			if (copy != null) {
				Files.deleteIfExists(copy);
			}
		}
		catch (IOException ex) {
			// A temporary file among others.
		}
	}

}
