/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The manifest of a snapshot that is being taken, as far as it is known.
 */
final class ManifestDraft implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ManifestDraft.class);

	private final BackupContext context;

	private final Path database;

	private final BackupPurpose purpose;

	private final SourceState state;

	private final long begun;

	private final long copied = System.nanoTime();

	private final Path copy;

	private final @Nullable CopyInspection inspection;

	private long checked = this.copied;

	private Verification verification = new Verification.Skipped();

	/**
	 * Begin the manifest of a copy that is complete.
	 * @param context what the backup has in common with others
	 * @param database the file of the database
	 * @param purpose the purpose of the backup
	 * @param state the database, when it was opened to be copied
	 * @param copy the file of the copy
	 * @param begun when the backup began, by {@link System#nanoTime()}
	 */
	ManifestDraft(BackupContext context, Path database, BackupPurpose purpose, SourceState state, Path copy,
			long begun) {
		this.context = context;
		this.database = database;
		this.purpose = purpose;
		this.state = state;
		this.copy = copy;
		this.begun = begun;
		// Who wants no check has no time for a checksum either.
		this.inspection = (context.settings().verification() != VerificationMode.NONE)
				? CopyInspection.begin(copy, state.size()) : null;
	}

	/**
	 * The copy has been checked.
	 */
	void checked(Verification verification) {
		this.checked = System.nanoTime();
		this.verification = verification;
	}

	/**
	 * Return the text of the manifest.
	 * @param directory the directory of the snapshot
	 * @param name the name that the snapshot is going to have
	 * @return the text, or empty if the copy cannot be read for it
	 */
	Optional<String> text(Path directory, SnapshotName name) {
		CopyInspection.Findings findings = (this.inspection != null)
				? this.inspection.findings(
						CopyInspection.patience(this.state.size(), Duration.ofNanos(System.nanoTime() - this.begun)))
				: CopyInspection.Findings.NONE;
		try (SQLiteConnection connection = SqliteConnections.openImmutable(this.copy);
				Statement statement = connection.createStatement()) {
			long pageSize = this.state.pageSize();
			long bytes = FileState.of(this.copy).size();
			return Optional.of(ManifestJson.text(new SnapshotManifest(this.purpose.words(),
					new SnapshotManifest.Database(SnapshotName.databaseOf(this.database), this.database.toString()),
					Installation.of(directory, this.database).identity(), takenAt(name, this.context),
					this.context.settings().application(), schema(statement), connection.libversion(), journalMode(),
					bytes / pageSize, pageSize, bytes, findings.sha256(), findings.rows(),
					new SnapshotManifest.Check(this.context.settings().verification(), this.verification.status(),
							this.verification.summary()),
					new SnapshotManifest.Durations(Duration.ofNanos(this.copied - this.begun),
							Duration.ofNanos(this.checked - this.copied),
							Duration.ofNanos(System.nanoTime() - this.begun)),
					null)));
		}
		catch (SQLException | IOException ex) {
			logger.debug("There is no manifest of {}", this.copy, ex);
			return Optional.empty();
		}
	}

	/**
	 * Return the text of the manifest of a snapshot under one more name.
	 * @param snapshot the snapshot
	 * @param name the further name
	 * @param context what the backup has in common with others
	 * @param purpose the purpose of the backup
	 * @return the text, or empty if the snapshot has none
	 */
	static Optional<String> again(Snapshot snapshot, SnapshotName name, BackupContext context, BackupPurpose purpose) {
		try {
			SnapshotManifest manifest = SnapshotManifests.find(snapshot).orElse(null);
			return (manifest != null)
					? Optional.of(ManifestJson
						.text(manifest.withPurpose(purpose, takenAt(name, context), context.settings().application())))
					: Optional.empty();
		}
		catch (SQLException ex) {
			logger.debug("There is no manifest of {} under its further name", snapshot.file(), ex);
			return Optional.empty();
		}
	}

	/**
	 * Return the time that is in the name, so that nobody is told of another one. When
	 * summer time ends, an hour comes twice: then it is in the one that it is now.
	 */
	private static OffsetDateTime takenAt(SnapshotName name, BackupContext context) {
		ZoneId zone = context.settings().timeZone();
		ZoneOffset now = zone.getRules().getOffset(context.clock().instant());
		return ZonedDateTime.ofLocal(name.stamp(), zone, now).toOffsetDateTime();
	}

	private SnapshotManifest.Schema schema(Statement statement) {
		List<String> pending = this.purpose.pending();
		try {
			SchemaHistory history = SchemaHistory.in(statement).orElse(null);
			return new SnapshotManifest.Schema((history != null) ? history.version() : null,
					(history != null) ? history.tool() : null, SchemaHistory.allIn(statement).orElse(null), pending);
		}
		catch (SQLException ex) {
			// The history is damaged, which the check says.
			return new SnapshotManifest.Schema(null, null, null, pending);
		}
	}

	private @Nullable String journalMode() {
		return (this.state.damage() != null) ? null
				: this.state.writeAheadLog() ? SnapshotManifest.WRITE_AHEAD_LOG : "delete";
	}

	@Override
	public void close() {
		if (this.inspection != null) {
			this.inspection.close();
		}
	}

}
