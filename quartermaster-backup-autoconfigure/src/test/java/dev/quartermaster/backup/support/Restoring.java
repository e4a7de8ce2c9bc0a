/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import dev.quartermaster.backup.BackupException;

/**
 * Restores in a process of its own: the {@code main} says {@link #READY}, restores, and
 * says {@link #DONE} or what kind of {@link BackupException} there was.
 */
public final class Restoring {

	/**
	 * Said immediately before.
	 */
	public static final String READY = "ready\n";

	/**
	 * Said after it.
	 */
	public static final String DONE = "done";

	private Restoring() {
	}

	public static void main(String[] args) throws SQLException {
		// Loads what takes long, so that kills hit what they are meant for.
		TestDatabase.open(Path.of(args[1])).close();
		System.out.print(READY);
		System.out.flush();
		try {
			BackupServices.service(Path.of(args[0])).restore(Path.of(args[1]), true);
			System.out.print(DONE + "\n");
		}
		catch (BackupException ex) {
			System.out.print(ex.getClass().getSimpleName() + ": " + ex.getMessage() + "\n");
		}
		System.out.flush();
	}

	/**
	 * Wait until the process is about to restore.
	 */
	public static void awaitReady(Process process) throws IOException {
		byte[] said = process.getInputStream().readNBytes(READY.length());
		if (!READY.equals(new String(said, StandardCharsets.UTF_8))) {
			throw new IOException("It did not start");
		}
	}

	/**
	 * Wait for the end of the process and return what it said last.
	 */
	public static String outcome(Process process) throws IOException {
		awaitReady(process);
		String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return said.lines().reduce("", (previous, line) -> line);
	}

	/**
	 * Let a connection look at its database, damaged or not: in WAL mode it is open to
	 * others' eyes from then on.
	 */
	public static int hold(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("PRAGMA schema_version")) {
			return result.next() ? result.getInt(1) : -1;
		}
	}

	/**
	 * Return all files in a directory that nobody uses now: the name of each, and a
	 * digest of its content.
	 */
	public static Map<String, String> contents(Path directory) {
		Map<String, String> contents = new TreeMap<>();
		for (Path file : BackupDirectory.regularFiles(directory)) {
			contents.put(file.getFileName().toString(), content(file));
		}
		return contents;
	}

	/**
	 * Return a digest of the content of a file that nobody uses now.
	 */
	public static String content(Path file) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
			return HexFormat.of().formatHex(digest);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
