/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import dev.quartermaster.backup.PlannedRestoreName.Mark;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A planned restore that nobody else can carry out, for as long as this is open or the
 * process lives.
 */
final class HeldRestore implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HeldRestore.class);

	private final FileChannel channel;

	private final Path database;

	private PlannedRestoreName name;

	/**
	 * Create a new instance.
	 * @param channel the file, locked where the file system has locks
	 * @param name its name
	 * @param database the file of the database that it lies with
	 */
	HeldRestore(FileChannel channel, PlannedRestoreName name, Path database) {
		this.channel = channel;
		this.name = name;
		this.database = database;
	}

	/**
	 * Read the plan, by the channel that has the lock: to close another one would be to
	 * lose it.
	 */
	PlannedRestore plan() throws IOException {
		ByteBuffer content = ByteBuffer.allocate(PlannedRestoreJson.MAX_BYTES);
		while (content.hasRemaining() && this.channel.read(content, content.position()) >= 0) {
			// Until there is no more of it.
		}
		String text = StandardCharsets.UTF_8.decode(content.flip()).toString();
		return PlannedRestoreJson.read(text).toPlan(this.name.directory(), this.database, this.name.mark().stage());
	}

	/**
	 * Return whether an earlier start has begun to carry it out.
	 */
	boolean isBegun() {
		return this.name.mark() != Mark.PLANNED;
	}

	/**
	 * Return whether there was no data in the database when it was begun.
	 */
	boolean isFilling() {
		return this.name.mark() == Mark.FILLING;
	}

	Path file() {
		return this.name.file();
	}

	/**
	 * Record that from now on the database may be written to.
	 * @param filling whether there is no data in it
	 */
	void begin(boolean filling) throws IOException {
		if (!isBegun()) {
			rename(filling ? Mark.FILLING : Mark.BEGUN);
		}
	}

	/**
	 * Record that it is not to be carried out any more.
	 * @param failed the plan with the reason, or {@code null} if it cannot be read
	 */
	void setAside(@Nullable PlannedRestore failed) throws IOException {
		rename(Mark.FAILED);
		if (failed == null) {
			return;
		}
		try (PartialFile staged = PlannedRestoreJson.of(failed, this.name.directory())
			.stage(this.name.directory(), this.database)) {
			Files.move(staged.path(), file(), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			// The log has the reason.
			logger.debug("Why it was not carried out is not in {}", file(), ex);
		}
	}

	private void rename(Mark mark) throws IOException {
		PlannedRestoreName renamed = this.name.with(mark);
		Files.move(file(), renamed.file(), StandardCopyOption.ATOMIC_MOVE);
		this.name = renamed;
		DurableFiles.flush(this.name.directory());
	}

	/**
	 * It was carried out.
	 */
	void remove() throws IOException {
		Files.delete(file());
		Files.deleteIfExists(this.name.with(Mark.FAILED).file());
		DurableFiles.flush(this.name.directory());
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
