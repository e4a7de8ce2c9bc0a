/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * An inspection of snapshots for {@link Retention}: whose they are and how far they can
 * be relied on. Their manifests tell, and where there is none, a look at the snapshot.
 * <p>
 * What another installation wrote is not ours to remove, and in a directory that several
 * write to neither is what does not tell who wrote it.
 */
final class RetentionInspection {

	private static final Logger logger = LoggerFactory.getLogger(RetentionInspection.class);

	private static final String NO_TIME = "there was no time to look at it";

	private static final int PERCENT_FOR_MANIFESTS = 50;

	private static final int PERCENT_FOR_VERSIONS = 65;

	private static final int PERCENT_FOR_CHECKS = 90;

	private final List<Snapshot> newestFirst;

	private final @Nullable UUID installation;

	private final Optional<String> bookmark;

	private final Set<Path> planned;

	private final Deadline deadline;

	private final Map<SnapshotName, Path> files = new HashMap<>();

	/**
	 * What was found in those whose manifests do not tell.
	 */
	private final Map<Path, Verification> checked = new LinkedHashMap<>();

	private final Map<SnapshotName, Inspected> inspected = new ConcurrentHashMap<>();

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param newestFirst the snapshots, newest first
	 * @param installation the identity of this installation, or {@code null}
	 * @param bookmark the name of the snapshot that an unfinished change of the schema
	 * needs
	 * @param planned the files of the snapshots that a restore at the next start needs
	 * @param deadline when to stop looking
	 */
	RetentionInspection(List<Snapshot> newestFirst, @Nullable UUID installation, Optional<String> bookmark,
			Set<Path> planned, Deadline deadline) {
		this.newestFirst = newestFirst;
		newestFirst.forEach((snapshot) -> this.files.put(snapshot.name(), snapshot.file()));
		this.installation = installation;
		this.bookmark = bookmark;
		this.planned = planned;
		this.deadline = deadline;
	}

	/**
	 * Return what would be decided about if each snapshot were sound, ours, and one file.
	 * If none of these may go, none may.
	 */
	List<RetentionCandidate> byNames() {
		return this.newestFirst.stream()
			.map((snapshot) -> new RetentionCandidate(snapshot.name(), snapshot.size(), snapshot.name(), null,
					Soundness.SOUND, null))
			.toList();
	}

	/**
	 * Look at all of them.
	 * @param known what is known already of how far some can be relied on
	 * @return what is to be decided about, in the same order
	 */
	List<RetentionCandidate> candidates(Map<SnapshotName, Soundness> known) {
		boolean shared = readManifests();
		Deadline forVersions = this.deadline.part(PERCENT_FOR_VERSIONS);
		List<RetentionCandidate> candidates = new ArrayList<>();
		for (Snapshot snapshot : this.newestFirst) {
			Inspected found = this.inspected.get(snapshot.name());
			String keptFor = (found != null) ? whyNotUpToPolicy(snapshot, found, shared) : NO_TIME;
			String version = (found != null) ? found.version() : null;
			if (found != null && !found.manifest() && keptFor == null) {
				keptFor = forVersions.isOver() ? NO_TIME : null;
				version = forVersions.isOver() ? null : versionIn(snapshot);
			}
			candidates.add(new RetentionCandidate(snapshot.name(), snapshot.size(),
					(found != null) ? found.identity().content() : snapshot.name(), version,
					known.getOrDefault(snapshot.name(), (found != null) ? found.soundness() : Soundness.UNCHECKED),
					keptFor));
		}
		return withDamageOfOtherNames(candidates);
	}

	/**
	 * What is damaged is so by each of its names, of which a check tells of one.
	 */
	private static List<RetentionCandidate> withDamageOfOtherNames(List<RetentionCandidate> candidates) {
		Set<Object> damaged = new HashSet<>();
		candidates.stream()
			.filter((candidate) -> candidate.soundness() == Soundness.CORRUPT
					|| candidate.soundness() == Soundness.KNOWN_CORRUPT)
			.forEach((candidate) -> damaged.add(candidate.content()));
		return candidates.stream()
			.map((candidate) -> (damaged.contains(candidate.content())
					&& candidate.soundness() != Soundness.KNOWN_CORRUPT) ? candidate.damaged() : candidate)
			.toList();
	}

	/**
	 * Read the manifests.
	 * @return whether another installation wrote any of the snapshots, or may have
	 */
	private boolean readManifests() {
		Deadline forManifests = this.deadline.part(PERCENT_FOR_MANIFESTS);
		ManifestReading.of(this.newestFirst, this::inspect, forManifests::isOver);
		boolean all = this.inspected.size() == this.newestFirst.size();
		return !all || this.inspected.values()
			.stream()
			.anyMatch((found) -> found.installation() != null && !found.installation().equals(this.installation));
	}

	private void inspect(Snapshot snapshot, SnapshotManifests manifests) {
		try {
			this.inspected.put(snapshot.name(), Inspected.of(snapshot, manifests));
		}
		catch (IOException ex) {
			logger.debug("Could not look at {}", snapshot.file(), ex);
		}
	}

	/**
	 * Return the version of the schema in a snapshot from before there were manifests.
	 */
	private static @Nullable String versionIn(Snapshot snapshot) {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(snapshot.file());
				Statement statement = connection.createStatement()) {
			Optional<String> several = SchemaHistory.allIn(statement);
			return several.isPresent() ? several.get()
					: SchemaHistory.in(statement).map(SchemaHistory::version).orElse(RetentionCandidate.NO_VERSION);
		}
		catch (SQLException ex) {
			// Damaged, which its check says, if it matters.
			logger.debug("The version of the schema in {} could not be read", snapshot.file(), ex);
			return null;
		}
	}

	private @Nullable String whyNotUpToPolicy(Snapshot snapshot, Inspected found, boolean shared) {
		if (snapshot.live()) {
			return "it is the database itself under another name";
		}
		if (this.bookmark.filter(snapshot.name().toString()::equals).isPresent()) {
			return "it is the one to go back to if the change of the schema fails that has not finished";
		}
		if (this.planned.contains(RestorableSnapshot.behindLinks(snapshot.file()))) {
			return "the restore that is planned for the next start needs it";
		}
		if (PinnedSnapshots.contains(snapshot)) {
			return "it is the one to go back to if the change of the schema fails that is going on";
		}
		if (found.installation() == null) {
			return shared ? "nothing tells which installation wrote it, and there are several in this directory" : null;
		}
		return found.installation().equals(this.installation) ? null : "another installation wrote it";
	}

	/**
	 * Check a snapshot of which its manifest does not tell how far it can be relied on.
	 */
	Soundness check(RetentionCandidate candidate) {
		Deadline forChecks = this.deadline.part(PERCENT_FOR_CHECKS);
		if (forChecks.isOver()) {
			return Soundness.UNCHECKED;
		}
		Path file = Objects.requireNonNull(this.files.get(candidate.name()));
		try {
			Verification verification = SnapshotVerifier.verify(file, VerificationMode.QUICK, forChecks.progress());
			if (verification instanceof Verification.Unverifiable && forChecks.isOver()) {
				return Soundness.UNCHECKED;
			}
			this.checked.put(file, verification);
			return (verification instanceof Verification.Corrupt) ? Soundness.CORRUPT
					: (verification instanceof Verification.Sound) ? Soundness.SOUND : Soundness.USABLE;
		}
		catch (BackupException ex) {
			logger.debug("Could not check {}", file, ex);
			return Soundness.UNREADABLE;
		}
	}

	/**
	 * Record in the manifests what the checks have found, so that none is repeated by
	 * every run.
	 */
	void recordChecks() {
		this.checked.forEach((file, verification) -> {
			if (!this.deadline.isOver()) {
				VerifiedSnapshot.recordCheck(file, verification);
			}
		});
	}

	/**
	 * Return which file a snapshot was when it was looked at.
	 */
	Optional<FileIdentity> identityOf(Snapshot snapshot) {
		return Optional.ofNullable(this.inspected.get(snapshot.name())).map(Inspected::identity);
	}

	/**
	 * What was found out about one.
	 *
	 * @param identity which file it is
	 * @param manifest whether it has a manifest
	 * @param installation which installation wrote it, or {@code null} if nothing tells
	 * @param version the version of the schema in it, or {@code null} if nothing tells
	 * @param soundness how far it can be relied on
	 */
	private record Inspected(FileIdentity identity, boolean manifest, @Nullable UUID installation,
			@Nullable String version, Soundness soundness) {

		static Inspected of(Snapshot snapshot, SnapshotManifests manifests) throws IOException {
			FileIdentity identity = FileIdentity.of(snapshot.file());
			Optional<SnapshotManifest> manifest = manifests.beside(snapshot.file());
			if (manifest.isEmpty()) {
				return new Inspected(identity, false, null, null, Soundness.UNCHECKED);
			}
			if (manifest.get().bytes() != identity.size()) {
				// It is that of another file, or this one was cut short.
				return new Inspected(identity, false, null, null, soundness(snapshot, identity, manifest.get()));
			}
			Soundness soundness = soundness(snapshot, identity, manifest.get());
			SnapshotManifest.Schema schema = manifest.get().schema();
			String version = (schema.histories() != null) ? schema.histories() : schema.version();
			// What is damaged may have one that could not be read.
			return new Inspected(identity, true, manifest.get().installation(),
					(version == null && soundness.isUsable()) ? RetentionCandidate.NO_VERSION : version, soundness);
		}

		/**
		 * A manifest gets its name after its snapshot was written to. So one that is
		 * older than that is not trusted.
		 */
		private static Soundness soundness(Snapshot snapshot, FileIdentity identity, SnapshotManifest manifest)
				throws IOException {
			FileTime written = FileIdentity.of(SnapshotName.manifestOf(snapshot.file())).lastModified();
			if (identity.lastModified().compareTo(written) > 0) {
				return Soundness.UNCHECKED;
			}
			if (manifest.corruptSeenAt() != null) {
				return Soundness.KNOWN_CORRUPT;
			}
			if (manifest.bytes() != identity.size()) {
				return Soundness.UNCHECKED;
			}
			return switch (manifest.verification().outcome()) {
				case "sound" -> Soundness.SOUND;
				case "unverifiable" -> Soundness.USABLE;
				case "corrupt" -> Soundness.CORRUPT;
				default -> Soundness.UNCHECKED;
			};
		}

	}

}
