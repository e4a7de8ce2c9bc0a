/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One restore of one database from a snapshot.
 * <ol>
 * <li>Check the snapshot, and that the database may be written to without harm.</li>
 * <li>Keep what is there as a snapshot, while nobody else can commit, see
 * {@link Backup}.</li>
 * <li>Put the content of the snapshot into the database, see {@link OnlineRestore}: by
 * way of SQLite's own locking and journal, in a single transaction. Connections that have
 * the database open, a {@code -wal} or a hot journal can do no harm, and whoever is
 * killed in the middle leaves the database as it was. Only what is not a sound database
 * is replaced as a file, see {@link DatabaseReplacement}.</li>
 * <li>Verify the database.</li>
 * <li>Report what was done.</li>
 * </ol>
 */
final class Restore {

	private final BackupContext context;

	private final LiveDatabase database;

	private final RestorableSnapshot source;

	private final boolean evenIfOpen;

	private final KeptBeforeRestore kept;

	private final Duration busyTimeout;

	private final Consumer<Optional<Snapshot>> beforeWriting;

	private final long start = System.nanoTime();

	private Restore(BackupContext context, LiveDatabase database, RestorableSnapshot source, boolean evenIfOpen,
			KeptBeforeRestore kept, Duration busyTimeout, Consumer<Optional<Snapshot>> beforeWriting) {
		this.context = context;
		this.database = database;
		this.source = source;
		this.evenIfOpen = evenIfOpen;
		this.kept = kept;
		this.busyTimeout = busyTimeout;
		this.beforeWriting = beforeWriting;
	}

	/**
	 * Restore because somebody asked for it.
	 * @param same what becomes of what is there now if there is a snapshot of it
	 */
	static RestoreResult onRequest(BackupContext context, Path snapshot, boolean evenIfOpen, UnchangedContent same) {
		return onRequest(context, snapshot, evenIfOpen, same, (kept) -> {
		});
	}

	/**
	 * Restore because somebody asked for it.
	 * @param same what becomes of what is there now if there is a snapshot of it
	 * @param beforeWriting hears what was kept of that, before the database is written
	 * to; nothing is written if it fails
	 */
	static RestoreResult onRequest(BackupContext context, Path snapshot, boolean evenIfOpen, UnchangedContent same,
			Consumer<Optional<Snapshot>> beforeWriting) {
		boolean unlocked = evenIfOpen && !context.live().allowsSecondConnection();
		return run(unlocked ? context.withDatabase(context.database().whenUnused()) : context, snapshot, evenIfOpen,
				SnapshotReason.PRE_RESTORE, same, beforeWriting)
			.orElseThrow();
	}

	/**
	 * Restore because what came after a snapshot failed.
	 * @param alreadyKept looks for a snapshot that stands for what is there now
	 * @return what was done, or empty if the database has what is in the snapshot
	 */
	static Optional<RestoreResult> goBack(BackupContext context, Snapshot snapshot, SnapshotReason reason,
			SnapshotSearch alreadyKept) {
		Path directory = snapshot.file().resolveSibling("");
		// The application may be gone, and with it those who listen and those who know
		// where snapshots go.
		BackupContext alone = context.withDatabase(SqliteDatabase.of(context.live()))
			.withListener(BackupListener.NONE)
			.withDirectories((file) -> directory);
		SnapshotSearch search = (snapshots, copy) -> snapshot.hasSameContentAs(copy) ? Optional.of(snapshot)
				: alreadyKept.find(snapshots, copy);
		Optional<RestoreResult> result = run(alone, snapshot.file(), true, reason,
				new UnchangedContent(search, UnchangedContent.WhenFound.KEEP), (kept) -> {
				});
		if (result.isEmpty()) {
			new SnapshotBookmark(alone).remove();
		}
		return result;
	}

	/**
	 * Restore a snapshot.
	 * @param context what it has in common with others
	 * @param snapshot the file of the snapshot
	 * @param evenIfOpen whether to go on when another connection has the database open
	 * @param reason of the snapshot of what is there now
	 * @param same what becomes of that if there is a snapshot of the same content
	 * @param beforeWriting hears what was kept, before the database is written to
	 * @return what was done, or empty if the database has what is in the snapshot, and
	 * nothing had to be kept or restored
	 */
	private static Optional<RestoreResult> run(BackupContext context, Path snapshot, boolean evenIfOpen,
			SnapshotReason reason, UnchangedContent same, Consumer<Optional<Snapshot>> beforeWriting) {
		LiveDatabase database = context.live();
		Path file = database.file();
		RestorableSnapshot source = RestorableSnapshot.of(snapshot);
		List<Runnable> reports = new ArrayList<>();
		Optional<RestoreResult> result;
		try (CopyQueue.Permit permit = CopyQueue.of(file).awaitHoweverLong(file, context.settings().busyTimeout())) {
			Duration busyTimeout = permit.begin();
			KeptBeforeRestore kept = new KeptBeforeRestore(context,
					() -> new Backup(context, database, BackupPurpose.of(reason), same, permit), reports);
			result = new Restore(context, database, source, evenIfOpen, kept, busyTimeout, beforeWriting).run();
		}
		finally {
			// Not while nobody else can commit.
			reports.forEach(Runnable::run);
		}
		result.ifPresent((done) -> report(context, done));
		return result;
	}

	private static void report(BackupContext context, RestoreResult result) {
		BackupLog.restored(result);
		try {
			SnapshotBookmark bookmark = new SnapshotBookmark(context);
			if (!bookmark.isBefore(context.snapshotsOf(result.database())::list, result.snapshot())) {
				bookmark.remove();
			}
		}
		catch (BackupException ex) {
			// What is restored is restored, whether or not there are other snapshots to
			// look at.
			BackupLog.bookmarkUnknown(result.database(), ex);
		}
	}

	private Optional<RestoreResult> run() {
		DatabaseFile file = check();
		BeforeRestore before = BeforeRestore.of(file, this.database);
		requireNotOpen(before);
		boolean done = before.mayBeOpened() && restoreInPlace(file, before);
		if (this.kept.isSource(this.source)) {
			return Optional.empty();
		}
		Restored restored = done ? restoredInPlace(file, before) : replace(file, before);
		Verification verification = verify(restored);
		return Optional.of(new RestoreResult(this.database.file(), this.source.file(), verification,
				this.kept.snapshot().orElse(null), restored.setAside().orElse(null), restored.journalModeUnknown(),
				Duration.ofNanos(System.nanoTime() - this.start)));
	}

	private DatabaseFile check() {
		DatabaseFile file = file();
		this.source.requireOtherThan(file.path());
		this.source.requireSound(this.context.report().checkOf(this.source.file()));
		FileAccess access = this.database.access();
		if (!this.database.allowsSecondConnection()) {
			throw new BackupException("It could not be determined whether the database " + this.database.file()
					+ " is in use, because the application opens it without locks (" + access.whyUnlocked() + ")",
					"Stop the application, then restore with --force. The database was not touched.", null);
		}
		if (access.keyed() && !FileState.ofDatabase(this.database.file()).isEmpty()
				&& !DatabaseProbe.mayBeOpened(this.database.file())) {
			throw SqliteFailures.notADatabase(this.database, null, null);
		}
		return file;
	}

	private DatabaseFile file() {
		try {
			return DatabaseFile.of(this.database.file());
		}
		catch (IOException ex) {
			throw new BackupException(
					"The link " + this.database.file() + " cannot be followed (" + FileFailures.describe(ex) + ")",
					"Check where it points to, and that this process can read it.", ex);
		}
	}

	private void requireNotOpen(BeforeRestore before) {
		if (before.open() && !this.evenIfOpen) {
			throw new BackupException("The database " + this.database.file() + " is open in another process",
					"Stop the application first, or restore with --force."
							+ " The application then sees the restored data with its next query.",
					null);
		}
	}

	/**
	 * Keep what is there, then overwrite it.
	 * @return whether that could be done, or is not needed
	 */
	private boolean restoreInPlace(DatabaseFile file, BeforeRestore before) {
		try {
			return new OnlineRestore(this.source.file(), file, this.database, this.busyTimeout,
					this.context.report().copyOf(this.database.file()))
				.run(before.open(), this::keep);
		}
		catch (NotADatabaseException ex) {
			// Then the file is kept as it is.
			return false;
		}
	}

	/**
	 * Keep what is there.
	 * @return whether to overwrite it
	 */
	private boolean keep(CopySource current) {
		boolean overwrite = this.kept.keep(current) && !this.kept.isSource(this.source);
		if (overwrite) {
			this.beforeWriting.accept(this.kept.snapshot());
		}
		return overwrite;
	}

	private Restored restoredInPlace(DatabaseFile file, BeforeRestore before) {
		file.removeAbandoned();
		if (!before.empty() || before.journalMode() != JournalMode.UNKNOWN) {
			return new Restored(Optional.empty(), false);
		}
		JournalMode mode = new EarlierJournalMode(this.database, this.busyTimeout).orInManifest(before.journalMode(),
				this.source.file());
		if (mode == JournalMode.WRITE_AHEAD_LOG) {
			DatabaseMode.setWriteAheadLog(this.database, this.busyTimeout);
		}
		return new Restored(Optional.empty(), mode == JournalMode.UNKNOWN);
	}

	private Restored replace(DatabaseFile file, BeforeRestore before) {
		if (before.open()) {
			throw new BackupException(
					"The database " + this.database.file() + " is damaged, and is open in another process,"
							+ " which would go on using the damaged file after the restore",
					"Stop the application first. The database was not touched.", null);
		}
		EarlierJournalMode earlier = new EarlierJournalMode(this.database, this.busyTimeout);
		JournalMode mode = earlier.orInManifest(
				before.mayBeOpened() ? earlier.ofDamaged(before.journalMode()) : before.journalMode(),
				this.source.file());
		this.beforeWriting.accept(this.kept.snapshot());
		try {
			Path setAside = new DatabaseReplacement(file).replaceBy(this.source.file(),
					mode == JournalMode.WRITE_AHEAD_LOG, this.context.now());
			return new Restored(Optional.ofNullable(setAside), mode == JournalMode.UNKNOWN);
		}
		catch (IOException ex) {
			String problem = "The database " + this.database.file() + " could not be replaced with "
					+ this.source.file() + " (" + FileFailures.describe(ex) + ")";
			String action = "The old file is still there, or beside it under a name with \"damaged\" in it.";
			throw FileFailures.isNoRoom(ex) ? new NoRoomException(problem, action + " Free some space.", ex)
					: new BackupException(problem, action + " Check that this process can write to its directory.", ex);
		}
	}

	private Verification verify(Restored restored) {
		Verification verification = SnapshotVerifier.verifyLive(this.database, this.busyTimeout,
				this.context.report().checkOf(this.database.file()));
		if (verification instanceof Verification.Corrupt corrupt) {
			String kept = this.kept.snapshot()
				.map(Snapshot::file)
				.or(restored::setAside)
				.map((file) -> " in " + file)
				.orElse("");
			throw new BackupException("The database " + this.database.file() + " is damaged after the restore ("
					+ corrupt.summary() + ")", "Check the disk. The previous content is kept" + kept + ".", null);
		}
		return verification;
	}

	/**
	 * How the database was restored.
	 *
	 * @param setAside where what was there before lies as it was, if it was replaced
	 * @param journalModeUnknown whether nothing told which journal mode it had
	 */
	private record Restored(Optional<Path> setAside, boolean journalModeUnknown) {
	}

}
