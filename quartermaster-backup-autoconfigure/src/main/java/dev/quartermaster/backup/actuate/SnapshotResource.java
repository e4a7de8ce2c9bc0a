/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;

import dev.quartermaster.backup.OpenSnapshot;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;

/**
 * A snapshot that is open to be sent, as a {@link Resource}, and who asked for it. It is
 * no file to those who send it: they would open it once more, when it may be gone.
 */
final class SnapshotResource extends AbstractResource {

	/**
	 * What the log says of a whole snapshot.
	 */
	static final String WHOLE = "sending all %d bytes";

	private static final Logger logger = LoggerFactory.getLogger(SnapshotResource.class);

	private final String database;

	private final Snapshot snapshot;

	private final OpenSnapshot content;

	private final @Nullable String requester;

	/**
	 * Create a new instance.
	 * @param database the name of the database
	 * @param snapshot the snapshot
	 * @param content its content, which is closed by those who read it
	 * @param requester the name of whoever asked for it, as they gave it; {@code null} if
	 * nobody knows
	 */
	SnapshotResource(String database, Snapshot snapshot, OpenSnapshot content, @Nullable String requester) {
		this.database = database;
		this.snapshot = snapshot;
		this.content = content;
		this.requester = requester;
	}

	OpenSnapshot content() {
		return this.content;
	}

	/**
	 * Say in the log who gets what.
	 * @param what what of the snapshot is sent
	 */
	void log(String what) {
		logger.info("Snapshot {} of the database {} requested by {}: {}", this.snapshot.name(), this.database,
				describe(this.requester), what);
	}

	static String describe(@Nullable String requester) {
		return (requester != null) ? '"' + Secrets.maskName(requester) + '"' : "somebody unknown";
	}

	@Override
	public InputStream getInputStream() {
		return Channels.newInputStream(readableChannel());
	}

	@Override
	public ReadableByteChannel readableChannel() {
		log(WHOLE.formatted(this.content.size()));
		return this.content.read(0, this.content.size());
	}

	@Override
	public boolean exists() {
		return true;
	}

	@Override
	public long contentLength() {
		return this.content.size();
	}

	@Override
	public String getFilename() {
		return this.snapshot.name().toString();
	}

	@Override
	public String getDescription() {
		return "snapshot " + this.snapshot.file();
	}

}
