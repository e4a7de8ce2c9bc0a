/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * Puts the content of a snapshot back into a live database.
 * <p>
 * A database that is one gets its content by way of SQLite's own locking and journal, in
 * a single transaction: connections that have it open, a {@code -wal} or a hot journal
 * can do no harm, and whoever is killed in the middle leaves the database as it was. Only
 * what is not a sound database is replaced as a file.
 */
final class Restore {

	private final LiveDatabase database;

	private final Function<CopySource, BackupResult> keep;

	private final Duration busyTimeout;

	private final Progress copy;

	private final Function<Path, Progress> checkOf;

	/**
	 * Create a new instance.
	 * @param database the database
	 * @param keep takes a snapshot of what is there now, unless there is one or nothing
	 * to take one of. Asked while nobody else can commit
	 * @param busyTimeout how long to wait for a lock
	 * @param copy is told how far the copy into the database has come
	 * @param checkOf gives whom to tell of the check of a file
	 */
	Restore(LiveDatabase database, Function<CopySource, BackupResult> keep, Duration busyTimeout, Progress copy,
			Function<Path, Progress> checkOf) {
		this.database = database;
		this.keep = keep;
		this.busyTimeout = busyTimeout;
		this.copy = copy;
		this.checkOf = checkOf;
	}

	/**
	 * Restore a snapshot.
	 * @return what was done, or {@code null} if the database has what is in the snapshot,
	 * and nothing had to be kept or restored
	 */
	@Nullable RestoreResult restore(Path snapshot, LocalDateTime now, boolean evenIfOpen) {
		long start = System.nanoTime();
		DatabaseFile file = file();
		requireOther(snapshot, file.path());
		requireSound(snapshot, this.checkOf.apply(snapshot));
		requireWritableWithoutHarm();
		boolean mayBeOpened = DatabaseProbe.mayBeOpened(file);
		boolean empty = FileState.ofDatabase(file.path()).isEmpty();
		Boolean writeAheadLog = file.leftWriteAheadLog();
		boolean open = mayBeOpened && OpenState.of(this.database) == OpenState.OPEN;
		if (open && !evenIfOpen) {
			throw new BackupException("The database " + this.database.file() + " is open in another process",
					"Stop the application first, or restore with --force:"
							+ " it then sees the restored data with its next query.",
					null);
		}
		Kept kept = new Kept(this.keep);
		boolean restored = false;
		if (mayBeOpened) {
			try {
				restored = new OnlineRestore(snapshot, file, this.database, this.busyTimeout, this.copy).run(open,
						(current) -> kept.keep(current) && !kept.isSameAs(snapshot));
			}
			catch (NotADatabaseException ex) {
				// Then the file is kept as it is.
			}
			if (kept.isSameAs(snapshot)) {
				return null;
			}
		}
		Snapshot before = kept.snapshot();
		Path setAside = null;
		if (restored) {
			file.removeAbandoned();
		}
		else if (open) {
			throw new BackupException(
					"The database " + this.database.file() + " is damaged, and open in another process"
							+ " that would go on with the damaged file when it is replaced",
					"Stop the application first. The database was not touched.", null);
		}
		else {
			if (mayBeOpened) {
				writeAheadLog = isWriteAheadLog(writeAheadLog);
			}
			setAside = replace(file, snapshot, Boolean.TRUE.equals(writeAheadLog), now);
		}
		Verification verification = SnapshotVerifier.verifyLive(this.database, this.busyTimeout,
				this.checkOf.apply(this.database.file()));
		if (verification instanceof Verification.Corrupt corrupt) {
			throw new BackupException(
					"The database " + this.database.file() + " is damaged after the restore (" + corrupt.summary()
							+ ")",
					"Check the disk. What was there before is kept"
							+ ((before != null) ? " in " + before.file() : (setAside != null) ? " in " + setAside : "")
							+ ".",
					null);
		}
		return new RestoreResult(this.database.file(), snapshot, verification, before, setAside,
				writeAheadLog == null && (empty || !restored), Duration.ofNanos(System.nanoTime() - start));
	}

	static void requireSound(Path snapshot, Progress check) {
		FileState state = stateOf(snapshot);
		if (state.kind() != FileState.Kind.REGULAR || state.isEmpty()) {
			throw new BackupException("There is no snapshot in " + snapshot,
					"List the snapshots that there are, and name one of them.", null);
		}
		for (String companion : List.of("-wal", "-journal")) {
			if (!stateOf(snapshot.resolveSibling(snapshot.getFileName() + companion)).isEmpty()) {
				throw new BackupException("The file " + snapshot + " is not a snapshot but a live database: it has a "
						+ companion + " beside it", "Take a snapshot of it first, and restore that.", null);
			}
		}
		Verification verification = SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, check);
		if (verification instanceof Verification.Corrupt) {
			throw new BackupException(
					"The snapshot " + snapshot + " is damaged and was not restored (" + verification.summary() + ")",
					"Restore another one. The database was not touched.", null);
		}
	}

	private void requireWritableWithoutHarm() {
		FileAccess access = this.database.access();
		if (!this.database.allowsSecondConnection()) {
			throw new BackupException("Whether anybody is using the database " + this.database.file()
					+ " cannot be told, since the application opens it without locks (" + access.whyUnlocked() + ")",
					"Stop the application, then restore with --force. The database was not touched.", null);
		}
		if (access.keyed() && !FileState.ofDatabase(this.database.file()).isEmpty()
				&& !DatabaseProbe.mayBeOpened(this.database.file())) {
			throw SqliteFailures.notADatabase(this.database, null, null);
		}
	}

	private static FileState stateOf(Path file) {
		try {
			return FileState.of(file);
		}
		catch (IOException ex) {
			throw new BackupException("The file " + file + " cannot be looked at (" + FileFailures.describe(ex) + ")",
					"Check that the path is right, and that this process may read it. The database was not touched.",
					ex);
		}
	}

	/**
	 * Check that a snapshot is not the live database itself, under whichever name.
	 */
	static void requireOther(Path snapshot, Path database) {
		// Only what can be looked at can be told from the snapshot.
		FileState.ofDatabase(database);
		try {
			if (LiveFile.of(database).is(snapshot)) {
				throw new BackupException(
						"The file " + snapshot + " is the database itself"
								+ (snapshot.equals(database) ? "" : " under another name, and changes with it"),
						"List the snapshots that there are, and name another one. If there is none,"
								+ " take a new one, which is a file of its own.",
						null);
			}
		}
		catch (IOException ex) {
			throw new BackupException("Whether " + snapshot + " is the database itself cannot be told ("
					+ FileFailures.describe(ex) + ")",
					"Check that this process may read both. The database was not touched.", ex);
		}
	}

	private DatabaseFile file() {
		try {
			return DatabaseFile.of(this.database.file());
		}
		catch (IOException ex) {
			throw new BackupException(
					"The link " + this.database.file() + " cannot be followed (" + FileFailures.describe(ex) + ")",
					"Check where it leads to, and that this process may read it.", ex);
		}
	}

	/**
	 * Return whether what is left of a damaged database is in WAL mode.
	 * @param otherwise what to return if its header does not tell
	 */
	private @Nullable Boolean isWriteAheadLog(@Nullable Boolean otherwise) {
		try (SQLiteConnection connection = SqliteConnections.openLive(this.database, this.busyTimeout);
				Statement statement = connection.createStatement()) {
			// So that neither a malformed schema nor a missing end is in the way.
			statement.execute("PRAGMA writable_schema = ON");
			return Pragmas.isWriteAheadLog(statement);
		}
		catch (SQLException ex) {
			return otherwise;
		}
	}

	private @Nullable Path replace(DatabaseFile file, Path snapshot, boolean writeAheadLog, LocalDateTime now) {
		try {
			return new DatabaseReplacement(file).by(snapshot, writeAheadLog, now);
		}
		catch (IOException ex) {
			String problem = "The database " + this.database.file() + " could not be replaced by " + snapshot + " ("
					+ FileFailures.describe(ex) + ")";
			String action = "What was there is still there, or beside it under a name with \"damaged\".";
			throw FileFailures.isNoRoom(ex) ? new NoRoomException(problem, action + " Free some space.", ex)
					: new BackupException(problem, action + " Check that this process may write to its directory.", ex);
		}
	}

	/**
	 * What is known of that which was there before.
	 */
	private static final class Kept {

		private final Function<CopySource, BackupResult> keep;

		private @Nullable BackupResult result;

		Kept(Function<CopySource, BackupResult> keep) {
			this.keep = keep;
		}

		/**
		 * Keep what is there.
		 * @return whether it is sound, or nothing at all
		 */
		boolean keep(CopySource current) {
			BackupResult result = this.keep.apply(current);
			this.result = result;
			Verification verification = (result instanceof BackupResult.Created created) ? created.verification()
					: (result instanceof BackupResult.Unchanged unchanged) ? unchanged.verification() : null;
			return !(verification instanceof Verification.Corrupt);
		}

		@Nullable Snapshot snapshot() {
			return (this.result instanceof BackupResult.Created created) ? created.snapshot()
					: (this.result instanceof BackupResult.Unchanged unchanged) ? unchanged.snapshot() : null;
		}

		/**
		 * Return whether nothing had to be kept, since it is in the snapshot that is
		 * going to be restored.
		 */
		boolean isSameAs(Path snapshot) {
			try {
				return this.result instanceof BackupResult.Unchanged unchanged
						&& Files.isSameFile(unchanged.snapshot().file(), snapshot);
			}
			catch (IOException ex) {
				// Then it is restored, which does no harm.
				return false;
			}
		}

	}

}
