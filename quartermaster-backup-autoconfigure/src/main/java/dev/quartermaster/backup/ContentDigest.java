/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * The SHA-256 of a file that nobody writes.
 */
final class ContentDigest {

	/**
	 * Small enough to stay in the processor's cache.
	 */
	private static final int PIECE = 128 * 1024;

	private ContentDigest() {
	}

	/**
	 * Compute it. A thread that is interrupted ends with a
	 * {@link java.nio.channels.ClosedByInterruptException}.
	 * @param file the file
	 * @param speed watches over the reading
	 * @param progress what is told after each piece how many bytes were read
	 * @return it in lower case hexadecimal
	 */
	static String of(Path file, ReadingSpeed speed, LongConsumer progress) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
			return of(channel, speed, progress);
		}
	}

	/**
	 * Compute it, however long that takes.
	 */
	static String of(Path file) throws IOException {
		return of(file, ReadingSpeed.any(), (read) -> {
		});
	}

	/**
	 * Compute that of what is left in a channel, which stays open.
	 */
	static String of(ReadableByteChannel channel) throws IOException {
		return of(channel, ReadingSpeed.any(), (read) -> {
		});
	}

	private static String of(ReadableByteChannel channel, ReadingSpeed speed, LongConsumer progress)
			throws IOException {
		MessageDigest digest = sha256();
		ByteBuffer piece = ByteBuffer.wrap(new byte[PIECE]);
		long read = 0;
		while (true) {
			speed.begin();
			int length = channel.read(piece.clear());
			speed.end(Math.max(length, 0));
			if (length < 0) {
				return HexFormat.of().formatHex(digest.digest());
			}
			digest.update(piece.array(), 0, length);
			read += length;
			progress.accept(read);
		}
	}

	static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
