/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.RefusedCopyException;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SnapshotToCopy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.Resource;
import org.springframework.core.io.WritableResource;

/**
 * A {@link CopyPlace} in whatever Spring has a {@link WritableResource} for, such as an
 * object store. Nothing can be renamed there. So the snapshot goes first, is read back
 * whole and compared, and then its manifest, without which it does not count, goes.
 * Nothing is ever removed, so that whoever has the keys of the application need not be
 * allowed to.
 */
final class ObjectPlace implements CopyPlace {

	private static final Logger logger = LoggerFactory.getLogger(ObjectPlace.class);

	private static final String TRIAL = ".quartermaster-trial";

	private static final String TRIAL_TEXT = "Written to see whether that is possible: ";

	private static final int PIECE = 128 * 1024;

	private static final int MOST_OF_MANIFEST = 64 * 1024;

	private final String location;

	private final Function<String, Resource> resources;

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param location where it is, with a slash at its end
	 * @param resources gives the resource at a location
	 */
	ObjectPlace(String location, Function<String, Resource> resources) {
		this.location = location;
		this.resources = resources;
	}

	@Override
	public String location() {
		return this.location;
	}

	@Override
	public String open(boolean used, List<Path> snapshots) {
		writable(TRIAL);
		return "";
	}

	@Override
	public void requireThere() {
		writable(TRIAL);
	}

	private WritableResource writable(String key) {
		Resource resource = resource(key);
		if (resource instanceof WritableResource writable) {
			return writable;
		}
		String scheme = this.location.substring(0, this.location.indexOf(':'));
		throw new BackupException(
				"Nothing in this application can write to " + ObjectFailures.display(this.location)
						+ ", a location of quartermaster.backup.copies",
				"The snapshots themselves are not affected. " + (scheme.equals("s3")
						? "Add io.awspring.cloud:spring-cloud-aws-starter-s3 to its dependencies."
						: "Add a library with a ProtocolResolver of Spring for " + scheme
								+ ":, or correct the location."),
				null);
	}

	private Resource resource(String key) {
		try {
			return this.resources.apply(this.location + key);
		}
		catch (RuntimeException | LinkageError ex) {
			throw ObjectFailures.of(this.location, ex);
		}
	}

	/**
	 * The object stays, and is written to again the next time: Spring's resources cannot
	 * be removed.
	 */
	@Override
	public void tryOut() {
		byte[] content = (TRIAL_TEXT + UUID.randomUUID() + "\n").getBytes(StandardCharsets.UTF_8);
		try {
			ObjectUpload.to(writable(TRIAL), (to) -> to.write(content));
			String read = text(TRIAL);
			// Another process may write its own at the same time.
			if (read == null || !read.startsWith(TRIAL_TEXT) || read.length() != content.length) {
				throw new IOException("what was written there reads differently");
			}
		}
		catch (IOException | RuntimeException ex) {
			throw ObjectFailures.of(this.location, ex);
		}
	}

	@Override
	public Copied copy(SnapshotToCopy snapshot, String folder, @Nullable String sameContent, CopiedBefore before) {
		String key = folder + keyOf(snapshot.name());
		try {
			Optional<SnapshotManifest> there = manifest(key);
			if (there.isPresent()) {
				if (!snapshot.isDescribedBy(there.get())) {
					throw RefusedCopyException.taken(ObjectFailures.display(this.location + key));
				}
				if (length(key) == snapshot.snapshot().size()) {
					return new Copied(key, false);
				}
			}
			else if (sameContent != null && has(sameContent, snapshot.snapshot().size(), snapshot.sha256())
					&& snapshot.sha256().equals(digestOf(sameContent))) {
				return new Copied(sameContent, false);
			}
			// It is if the answer to the last request of an upload got lost.
			boolean whole = isWhole(key, snapshot);
			if (!whole) {
				send(snapshot, key);
				requireWhole(key, snapshot);
			}
			ObjectUpload.to(writable(SnapshotToCopy.manifestOf(key)), (to) -> to.write(snapshot.manifestBytes()));
			if (manifest(key).filter(snapshot::isDescribedBy).isEmpty()) {
				throw new IOException("its manifest is not what was written");
			}
			return new Copied(key, !whole);
		}
		catch (IOException | RuntimeException ex) {
			throw ObjectFailures.of(this.location, ex);
		}
	}

	/**
	 * Names may hold what means something else to an object store, or in a location.
	 */
	private static String keyOf(String name) {
		return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
	}

	/**
	 * What is closed is there, in place of what may have been there, so that only what is
	 * whole is closed.
	 */
	private void send(SnapshotToCopy snapshot, String key) throws IOException {
		MessageDigest digest = sha256();
		ByteBuffer piece = ByteBuffer.wrap(new byte[PIECE]);
		try (FileChannel from = FileChannel.open(snapshot.snapshot().file(), StandardOpenOption.READ)) {
			ObjectUpload.to(writable(key), (to) -> {
				while (from.read(piece.clear()) >= 0) {
					digest.update(piece.array(), 0, piece.position());
					to.write(piece.array(), 0, piece.position());
				}
				if (!HexFormat.of().formatHex(digest.digest()).equals(snapshot.sha256())) {
					throw snapshot.changed();
				}
			});
		}
	}

	private boolean isWhole(String key, SnapshotToCopy snapshot) throws IOException {
		return length(key) == snapshot.snapshot().size() && snapshot.sha256().equals(digestOf(key));
	}

	private void requireWhole(String key, SnapshotToCopy snapshot) throws IOException {
		long length = length(key);
		if (length != snapshot.snapshot().size()) {
			throw new IOException(
					"it has " + Count.of(length, "byte") + " there instead of " + snapshot.snapshot().size());
		}
		if (!snapshot.sha256().equals(digestOf(key))) {
			throw new IOException("what is there has another SHA-256 than what was sent");
		}
	}

	private long length(String key) throws IOException {
		Resource resource = resource(key);
		return resource.exists() ? resource.contentLength() : -1;
	}

	private String digestOf(String key) throws IOException {
		MessageDigest digest = sha256();
		byte[] piece = new byte[PIECE];
		try (InputStream content = resource(key).getInputStream()) {
			for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
				digest.update(piece, 0, read);
				if (Thread.currentThread().isInterrupted()) {
					throw new IOException("the thread was interrupted");
				}
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private Optional<SnapshotManifest> manifest(String key) throws IOException {
		String text = text(SnapshotToCopy.manifestOf(key));
		if (text == null) {
			return Optional.empty();
		}
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			Optional<SnapshotManifest> manifest = manifests.read(text);
			if (manifest.isEmpty()) {
				logger.debug("{} is no manifest", key);
			}
			return manifest;
		}
	}

	private @Nullable String text(String key) throws IOException {
		Resource resource = resource(key);
		if (!resource.exists()) {
			return null;
		}
		try (InputStream content = resource.getInputStream()) {
			return new String(content.readNBytes(MOST_OF_MANIFEST), StandardCharsets.UTF_8);
		}
	}

	@Override
	public boolean has(String key, long bytes, String sha256) {
		try {
			return manifest(key).filter((manifest) -> manifest.bytes() == bytes && sha256.equals(manifest.sha256()))
				.isPresent() && length(key) == bytes;
		}
		catch (IOException | RuntimeException ex) {
			throw ObjectFailures.of(this.location, ex);
		}
	}

	@Override
	public @Nullable String sha256Of(String key) {
		try {
			return (manifest(key).isPresent() && length(key) >= 0) ? digestOf(key) : null;
		}
		catch (IOException | RuntimeException ex) {
			throw ObjectFailures.of(this.location, ex);
		}
	}

}
