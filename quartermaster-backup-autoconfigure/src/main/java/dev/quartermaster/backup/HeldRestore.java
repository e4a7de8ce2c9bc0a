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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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

	private final Path database;

	/**
	 * Those of the file, each of which has the lock of one content that it had: the last
	 * one is what it has now.
	 */
	private final List<FileChannel> channels = new ArrayList<>();

	private PlannedRestoreName name;

	private boolean mayBeWritten;

	/**
	 * Create a new instance.
	 * @param channel the file, locked where the file system has locks
	 * @param name its name
	 * @param database the file of the database that it lies with
	 */
	HeldRestore(FileChannel channel, PlannedRestoreName name, Path database) {
		this.channels.add(channel);
		this.name = name;
		this.database = database;
		this.mayBeWritten = isWriting();
	}

	/**
	 * Read the plan, by the channel that has the lock: to close another one would be to
	 * lose it.
	 */
	PlannedRestore plan() throws IOException {
		ByteBuffer content = ByteBuffer.allocate(PlannedRestoreJson.MAX_BYTES);
		FileChannel channel = this.channels.get(this.channels.size() - 1);
		while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
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
	 * Return whether an attempt came so far that the database may have been written to.
	 */
	boolean isWriting() {
		return this.name.mark() == Mark.WRITING;
	}

	/**
	 * Return whether that may be so, and nobody has found yet that it is not.
	 */
	boolean mayBeWritten() {
		return this.mayBeWritten;
	}

	/**
	 * Take note that the database was found to be what it was.
	 */
	void foundAsBefore() {
		this.mayBeWritten = false;
	}

	Path file() {
		return this.name.file();
	}

	/**
	 * Record that it is being carried out.
	 */
	void begin() throws IOException {
		if (!isBegun()) {
			rename(Mark.BEGUN);
		}
	}

	/**
	 * Record that from now on the database may be written to.
	 * @param kept the snapshot of what is there, or {@code null} if there is none
	 */
	void write(@Nullable Path kept) throws IOException {
		PlannedRestore plan = plan();
		if (kept != null && !Objects.equals(kept, plan.kept())) {
			replaceBy(plan.withKept(kept));
		}
		if (!isWriting()) {
			rename(Mark.WRITING);
		}
		this.mayBeWritten = true;
	}

	/**
	 * Replace the content. The new one is locked before anybody else can find it.
	 */
	private void replaceBy(PlannedRestore plan) throws IOException {
		try (PartialFile staged = stage(plan)) {
			FileChannel channel = FileChannel.open(staged.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
			this.channels.add(channel);
			if (LockAttempt.on(channel) == LockAttempt.HELD) {
				throw new IOException("somebody else has locked " + staged.path().getFileName());
			}
			Files.move(staged.path(), file(), StandardCopyOption.ATOMIC_MOVE);
			DurableFiles.flush(this.name.directory());
		}
	}

	private PartialFile stage(PlannedRestore plan) throws IOException {
		return PlannedRestoreJson.of(plan, this.name.directory()).stage(this.name.directory(), this.database);
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
		try (PartialFile staged = stage(failed)) {
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
	 * Remove it, and what was not carried out before.
	 */
	void remove() throws IOException {
		Files.delete(file());
		Files.deleteIfExists(this.name.with(Mark.FAILED).file());
		DurableFiles.flush(this.name.directory());
	}

	@Override
	public void close() throws IOException {
		try {
			for (FileChannel channel : this.channels) {
				channel.close();
			}
		}
		finally {
			this.channels.clear();
		}
	}

}
