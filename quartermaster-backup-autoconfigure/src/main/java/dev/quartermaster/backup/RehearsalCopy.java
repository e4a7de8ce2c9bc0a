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
import java.util.Optional;
import java.util.function.Consumer;

import org.sqlite.SQLiteConnection;

/**
 * A copy of a database that migrations may be tried on, hidden in the backup directory.
 * It is gone when it is closed. If its process is killed before, the next backup removes
 * it.
 */
public final class RehearsalCopy implements AutoCloseable {

	/**
	 * A migration that makes each table anew writes all of it once more, into the journal
	 * or the file.
	 */
	private static final int WITH_JOURNAL = 2;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final PartialFile partial;

	private RehearsalCopy(PartialFile partial) {
		this.partial = partial;
	}

	/**
	 * Copy a database that others may use, as it is at one point in time, like a backup
	 * does. It is a snapshot that gets no name, and may be read as one.
	 * @param backups the service of the database
	 * @return the copy, to be closed, or empty if there is nothing to copy
	 * @throws NoRoomException if there is no room for it and a copy to rehearse on
	 * @throws BackupException if it cannot be made
	 */
	public static Optional<RehearsalCopy> ofDatabase(SqliteBackupService backups) {
		return ofDatabase(backups, RehearsalCopy::ignore);
	}

	/**
	 * Like {@link #ofDatabase(SqliteBackupService)}, for a process that may be ended
	 * while the copy is made.
	 * @param backups the service of the database
	 * @param begun is handed the copy before anything is in it, so that whoever ends this
	 * process can close it meanwhile
	 * @return the copy, to be closed, or empty if there is nothing to copy
	 * @throws NoRoomException if there is no room for it and a copy to rehearse on
	 * @throws BackupException if it cannot be made
	 */
	public static Optional<RehearsalCopy> ofDatabase(SqliteBackupService backups,
			Consumer<? super RehearsalCopy> begun) {
		BackupContext context = backups.context();
		return context.warned(() -> ofDatabase(context, begun));
	}

	private static Optional<RehearsalCopy> ofDatabase(BackupContext context, Consumer<? super RehearsalCopy> begun) {
		LiveDatabase database = context.live();
		Path file = database.file();
		try (CopyQueue.Permit permit = CopyQueue.of(file).await(file, context.settings().busyTimeout())) {
			if (FileState.ofDatabase(file).isEmpty()) {
				return Optional.empty();
			}
			Duration lockTimeout = permit.begin();
			try (CopySource source = context.database().open(database, lockTimeout)) {
				return source.state().blank() ? Optional.empty() : Optional.of(copy(source, context, permit, begun));
			}
		}
	}

	private static RehearsalCopy copy(CopySource source, BackupContext context, CopyQueue.Permit permit,
			Consumer<? super RehearsalCopy> begun) {
		Path file = source.database().file();
		OnlineCopy copy = new OnlineCopy(source);
		RehearsalCopy staged = stage(context, (1 + WITH_JOURNAL) * source.state().size());
		try {
			begun.accept(staged);
			copy.to(staged.file(), context.report().copyOf(file));
			return staged;
		}
		catch (Throwable ex) {
			staged.close();
			throw ex;
		}
		finally {
			permit.released(copy.longestLock());
		}
	}

	/**
	 * Copy a snapshot. The copy is in WAL mode if the database is.
	 * @param backups the service of the database, which is asked for its mode alone
	 * @param snapshot the file of the snapshot, or of another copy that nobody writes to
	 * @return the copy, to be closed
	 * @throws NoRoomException if there is no room for it
	 * @throws BackupException if it is the live database itself, or no snapshot, or it
	 * cannot be copied
	 */
	public static RehearsalCopy ofSnapshot(SqliteBackupService backups, Path snapshot) {
		return ofSnapshot(backups, snapshot, RehearsalCopy::ignore);
	}

	/**
	 * Like {@link #ofSnapshot(SqliteBackupService, Path)}, for a process that may be
	 * ended while the copy is made.
	 * @param backups the service of the database, which is asked for its mode alone
	 * @param snapshot the file of the snapshot, or of another copy that nobody writes to
	 * @param begun is handed the copy before anything is in it, so that whoever ends this
	 * process can close it meanwhile
	 * @return the copy, to be closed
	 * @throws NoRoomException if there is no room for it
	 * @throws BackupException if it is the live database itself, or no snapshot, or it
	 * cannot be copied
	 */
	public static RehearsalCopy ofSnapshot(SqliteBackupService backups, Path snapshot,
			Consumer<? super RehearsalCopy> begun) {
		BackupContext context = backups.context();
		RestorableSnapshot source = RestorableSnapshot.of(snapshot);
		source.requireOtherThan(context.live().file());
		source.requireWhole();
		RehearsalCopy staged = stage(context, WITH_JOURNAL * FileState.ofDatabase(source.file()).size());
		try {
			begun.accept(staged);
			staged.partial.fillWith(source.file());
			DatabaseHeader.setWriteAheadLog(staged.file(), isInWriteAheadLogMode(backups));
			return staged;
		}
		catch (IOException ex) {
			staged.close();
			throw new BackupException(
					"The snapshot " + source.file() + " could not be copied to " + staged.file() + " ("
							+ FileFailures.describe(ex) + ")",
					"Check that this process can read it, and that there is enough free space.", ex);
		}
		catch (Throwable ex) {
			staged.close();
			throw ex;
		}
	}

	private static boolean isInWriteAheadLogMode(SqliteBackupService backups) {
		try {
			return backups.read(Pragmas::isWriteAheadLog);
		}
		catch (BackupException ex) {
			// There is none, or it is not to be opened now: any mode will do.
			return false;
		}
	}

	private static void ignore(RehearsalCopy copy) {
	}

	private static RehearsalCopy stage(BackupContext context, long size) {
		SnapshotDirectory directory = context.snapshotsOf(context.live().file());
		directory.prepare("rehearsal", size, context.settings().minFreeSpace());
		return new RehearsalCopy(directory.stage());
	}

	/**
	 * Return the file.
	 * @return its absolute path
	 */
	public Path file() {
		return this.partial.path();
	}

	/**
	 * Return the URL under which an application opens a copy in place of its own
	 * database.
	 * @param url the URL of its own, also of a driver that wraps SQLite's
	 * @param copy the file of the copy
	 * @return the same with the copy in place of the other file
	 */
	public static String url(String url, Path copy) {
		return SqliteUrl.withFile(url, copy);
	}

	/**
	 * Make the one file all there is of it, when whoever wrote to it has ended, however
	 * that was: what is in a journal is put into it, or back.
	 * @throws BackupException if it cannot be read any more
	 */
	public void settle() {
		try (SQLiteConnection connection = SqliteConnections.openLive(LiveDatabase.of(file()), PATIENCE);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode = DELETE");
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, file(), PATIENCE);
		}
	}

	@Override
	public void close() {
		this.partial.close();
	}

}
