/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/**
 * A snapshot that is open to be read. Whoever removes it meanwhile takes nothing from
 * those who read it.
 */
public final class OpenSnapshot implements Closeable {

	private final FileChannel file;

	private final long size;

	private final String sha256;

	/**
	 * Create a new instance.
	 * @param file what is to be read, which is closed with this
	 * @param size how many bytes it has
	 * @param sha256 its SHA-256 in lower case hexadecimal
	 */
	OpenSnapshot(FileChannel file, long size, String sha256) {
		this.file = file;
		this.size = size;
		this.sha256 = sha256;
	}

	/**
	 * Return its size.
	 * @return how many bytes it has
	 */
	public long size() {
		return this.size;
	}

	/**
	 * Return the checksum of what is going to be read, which was computed from that and
	 * not taken from a manifest.
	 * @return the SHA-256 in lower case hexadecimal
	 */
	public String sha256() {
		return this.sha256;
	}

	/**
	 * Return a part of it, which may be the whole.
	 * @param position where it begins
	 * @param count how many bytes it has
	 * @return the bytes, to be read once; who closes them closes the snapshot. A snapshot
	 * that has become shorter is an {@link EOFException}, not the end
	 */
	public ReadableByteChannel read(long position, long count) {
		return part(this.file, position, count);
	}

	static ReadableByteChannel part(FileChannel file, long position, long count) {
		return new Part(file, position, position + count);
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

	/**
	 * A part of a file.
	 */
	private static final class Part implements ReadableByteChannel {

		private final FileChannel file;

		private final long end;

		private long position;

		Part(FileChannel file, long position, long end) {
			this.file = file;
			this.position = position;
			this.end = end;
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			long left = this.end - this.position;
			if (left <= 0) {
				return -1;
			}
			int limit = target.limit();
			target.limit((int) Math.min(limit, target.position() + left));
			int length = this.file.read(target, this.position);
			target.limit(limit);
			if (length < 0) {
				throw new EOFException("The file has become shorter while it was read");
			}
			this.position += length;
			return length;
		}

		@Override
		public boolean isOpen() {
			return this.file.isOpen();
		}

		@Override
		public void close() throws IOException {
			this.file.close();
		}

	}

}
