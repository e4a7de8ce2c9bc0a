/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The one entrance to one database: backs it up, lists and verifies its snapshots,
 * restores one.
 * <p>
 * A snapshot is the database as it was at one point in time. It is staged in a hidden
 * file, checked and flushed to disk before it gets its name, so that a file with a
 * snapshot's name is whole. Instances are safe for use by several threads and processes
 * at once; each call gets its own snapshot.
 * <p>
 * All of it throws {@link UnsupportedDatabaseException} if the database is not SQLite, or
 * has no file.
 */
public final class SqliteBackupService {

	private final BackupContext context;

	private final Supplier<List<SqliteBackupService>> targets;

	/**
	 * Create a new instance. Nothing is opened or created on disk yet.
	 * @param database the database
	 * @param settings how its snapshots are taken
	 * @param listener hears of every backup
	 */
	public SqliteBackupService(SqliteDatabase database, BackupSettings settings, BackupListener listener) {
		this(BackupContext.of(database, settings, listener), List::of);
	}

	/**
	 * Create a new instance for one of several databases.
	 * @param context what its backups and restores have in common
	 * @param targets gives the services of what the data source chooses from, if it
	 * chooses from others
	 */
	SqliteBackupService(BackupContext context, Supplier<List<SqliteBackupService>> targets) {
		this.context = context;
		this.targets = targets;
	}

	/**
	 * Take a snapshot because somebody asked for one. If the database has not changed
	 * since the newest snapshot, that one gets a second name, which takes no space where
	 * the file system has hard links. Whoever waits for another backup of the same
	 * database shares the next copy that is begun, and gets a name of their own for it.
	 * <p>
	 * The snapshot shows what is committed: not what the transaction has written that
	 * this is called in. No connection of the data source is needed for it where the URL
	 * shows the file, so that it may be called in a transaction even if the pool has no
	 * second one.
	 * @param reason why, in any words; becomes the last part of the file name.
	 * {@code null} or nothing usable gives {@code manual}
	 * @return the snapshot, or that there was nothing to back up
	 * @throws NotADatabaseException if the file is not a SQLite database
	 * @throws DatabaseBusyException if it was locked, or being backed up by others, for
	 * longer than the busy timeout
	 * @throws NoRoomException if there is no room for the snapshot
	 * @throws BackupException if it fails for another reason
	 */
	public BackupResult backup(@Nullable String reason) {
		return this.context.warned(() -> Backup.onRequest(this.context, BackupPurpose.of(reason)));
	}

	/**
	 * Take a snapshot because it is time for one, unless the database has not changed
	 * since the newest: however often this is called without a change, there is one
	 * snapshot. If the database is being backed up, this waits until that has ended.
	 * @param reason why
	 * @return the snapshot, the newest one if it is the same, or that there was nothing
	 * to back up
	 * @throws BackupException as in {@link #backup}
	 */
	public BackupResult backupIfChanged(SnapshotReason reason) {
		return backupIfChanged(reason, List.of());
	}

	/**
	 * Take a snapshot like {@link #backupIfChanged(SnapshotReason)} and tell in its
	 * manifest what is going to be changed.
	 * @param reason why
	 * @param pending the names of the changes in their order, as far as they are known
	 * @return what {@link #backupIfChanged(SnapshotReason)} does
	 * @throws BackupException as in {@link #backup}
	 */
	public BackupResult backupIfChanged(SnapshotReason reason, List<String> pending) {
		return this.context.warned(() -> Backup.ifChanged(this.context, BackupPurpose.of(reason, pending)));
	}

	/**
	 * Return whether there is anything to back up: a table, or what had one.
	 * @return whether there is
	 * @throws BackupException if the database cannot be read
	 */
	public boolean hasData() {
		return LiveContent.hasData(this.context);
	}

	/**
	 * Return the file of the database.
	 * @return the absolute path
	 */
	public Path database() {
		return this.context.live().file();
	}

	/**
	 * Return whether this is of the database in a file. Nobody waits for a database of
	 * which it is known that it is not SQLite.
	 * @param file the file
	 * @return whether it is
	 * @throws BackupException if that cannot be found out
	 */
	public boolean isOf(Path file) {
		return !this.context.database().isKnownToBeUnsupported() && database().equals(file);
	}

	/**
	 * Return what a URL must say besides the file for the database to be opened and
	 * locked like the application does it.
	 * @return the parameters as they are written in a URL, mostly none
	 */
	public String urlParameters() {
		return this.context.live().access().parameters();
	}

	/**
	 * Return the services of what the data source chooses from, if it chooses from
	 * others.
	 */
	List<SqliteBackupService> targets() {
		return this.targets.get();
	}

	/**
	 * Return where the snapshots of the database are.
	 * @return the absolute path of the directory, which may not exist yet
	 */
	public Path directory() {
		return this.context.directoryFor(database());
	}

	/**
	 * Return the snapshots that there are.
	 * @return the snapshots, newest first
	 * @throws BackupException if they cannot be listed
	 */
	public List<Snapshot> list() {
		return this.context.snapshotsOf(database()).list();
	}

	/**
	 * Return the newest snapshot that may be a state of the database to go back to. Of
	 * many thousands, only the newest are looked at.
	 * @return the snapshot, or empty if there is none
	 * @throws BackupException if they cannot be listed
	 */
	public Optional<Snapshot> newest() {
		return this.context.snapshotsOf(database()).listing().newestCandidate();
	}

	/**
	 * Return the snapshot with a name. The name is only compared, never used as a path.
	 * @param name the file name of the snapshot; anything at all
	 * @return the snapshot, or empty if there is none of that name
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public Optional<Snapshot> find(String name) {
		return list().stream().filter((snapshot) -> snapshot.name().toString().equals(name)).findFirst();
	}

	/**
	 * Check a snapshot again, also against the checksum in its manifest. Nothing changes.
	 * @param snapshot the file of the snapshot
	 * @param mode how thoroughly
	 * @return what was found
	 * @throws BackupException if it is the live database itself
	 */
	public Verification verify(Path snapshot, VerificationMode mode) {
		new RestorableSnapshot(snapshot).requireOtherThan(database());
		return VerifiedSnapshot.verify(snapshot, mode, this.context.report().checkOf(snapshot));
	}

	/**
	 * Return whether anybody else has the database open.
	 * @return whether it is open, as far as is known
	 */
	public OpenState openState() {
		return OpenState.of(this.context.live());
	}

	/**
	 * Read the database, beside whoever uses it.
	 * @param query what to read, in one transaction
	 * @param <T> what comes of it
	 * @return what was read
	 * @throws BackupException if it cannot be read
	 */
	public <T extends @Nullable Object> T read(SqliteReader.Query<T> query) {
		return LiveContent.read(this.context, query);
	}

	/**
	 * Return what shows that a file is no snapshot of this database, but of another one:
	 * its name, or that both have tables and none in common.
	 * @param snapshot the file of the snapshot
	 * @return what shows it, as in <em>its name says that it belongs to prod</em>, or
	 * empty if nothing does
	 */
	public Optional<String> signOfAnotherDatabase(Path snapshot) {
		return SnapshotOrigin.signOfAnotherDatabase(RestorableSnapshot.behindLinks(snapshot), this.context);
	}

	/**
	 * Check that a snapshot can be restored, without doing so.
	 * @param snapshot the file of the snapshot
	 * @throws BackupException if the snapshot is damaged or missing, or the live database
	 * itself
	 */
	public void requireSound(Path snapshot) {
		RestorableSnapshot source = RestorableSnapshot.of(snapshot);
		source.requireOtherThan(database());
		source.requireSound(this.context.report().checkOf(source.file()));
	}

	/**
	 * Put the content of a snapshot back into the database. What is there now is kept: in
	 * a snapshot with the reason {@code pre-restore}, and if it is damaged or no
	 * database, also as it is, beside the database. The snapshot itself stays what and
	 * where it is.
	 * @param snapshot the file of the snapshot
	 * @param evenIfOpen whether to go on when another connection has the database open;
	 * it then sees the restored data with its next query. Of a database that is opened
	 * without locks, and was named by its file or URL, it says that nobody has
	 * @return what was done
	 * @throws BackupException if the snapshot is damaged or missing, the database is open
	 * elsewhere, or it fails for another reason; the database is then what it was, unless
	 * the message says otherwise
	 */
	public RestoreResult restore(Path snapshot, boolean evenIfOpen) {
		return this.context
			.warned(() -> Restore.onRequest(this.context, snapshot, evenIfOpen, UnchangedContent.NEWEST_LINKED));
	}

	/**
	 * Go back to a snapshot because what came after it failed. What is there now is kept
	 * in a snapshot as well, unless one stands for it.
	 * @param snapshot the snapshot
	 * @param reason the reason of the snapshot of what is there now
	 * @param alreadyKept looks for one that stands for what is there now
	 * @return what was done, or empty if the database still is what the snapshot holds
	 * @throws BackupException if it fails; the database is then what it was, unless the
	 * message says otherwise
	 */
	public Optional<RestoreResult> goBackTo(Snapshot snapshot, SnapshotReason reason, SnapshotSearch alreadyKept) {
		return Restore.goBack(this.context, snapshot, reason, alreadyKept);
	}

	/**
	 * Return whether the database still is what a snapshot holds, to the byte.
	 * @param snapshot the snapshot
	 * @return {@code false} as well if it cannot be determined
	 */
	public boolean isStill(Snapshot snapshot) {
		return LiveContent.is(snapshot, this.context);
	}

	/**
	 * Return the bookmark of the snapshot to go back to, although there are newer ones.
	 * @return the bookmark, which need not be set
	 */
	public SnapshotBookmark bookmark() {
		return new SnapshotBookmark(this.context);
	}

	/**
	 * Return what its backups and restores have in common.
	 */
	BackupContext context() {
		return this.context;
	}

}
