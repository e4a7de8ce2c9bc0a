/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.LastWrite;
import dev.quartermaster.backup.RehearsalCopy;
import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The copies of all databases that a migration can change, to rehearse it on. They are
 * made from snapshots, and are gone when this is closed.
 */
final class RehearsalCopies implements AutoCloseable {

	private final List<Copied> copied = new ArrayList<>();

	private RehearsalCopies() {
	}

	/**
	 * Copy databases. Those in which there is nothing are left out.
	 * @throws BackupException if one of them cannot be copied
	 */
	static RehearsalCopies of(List<RehearsalCandidate> databases) {
		RehearsalCopies copies = new RehearsalCopies();
		try {
			for (RehearsalCandidate database : databases) {
				copies.add(database);
			}
			copies.copied.replaceAll(Copied::watched);
			return copies;
		}
		catch (Throwable ex) {
			copies.close();
			throw ex;
		}
	}

	private void add(RehearsalCandidate database) {
		if (!database.guarded()) {
			throw new BackupException("There is no snapshot of " + database.file() + " to copy",
					"See the warning about the snapshot.", null);
		}
		Snapshot found = database.found();
		if (found != null) {
			this.copied.add(new Copied(database, found.file(), null,
					RehearsalCopy.ofSnapshot(database.backups(), found.file()), null));
		}
		else if (database.changed()) {
			// The snapshot of this start is from before an earlier change.
			Optional<RehearsalCopy> before = RehearsalCopy.ofDatabase(database.backups());
			before.ifPresent((copy) -> this.copied.add(copied(database, copy)));
		}
	}

	private static Copied copied(RehearsalCandidate database, RehearsalCopy before) {
		try {
			return new Copied(database, before.file(), before,
					RehearsalCopy.ofSnapshot(database.backups(), before.file()), null);
		}
		catch (Throwable ex) {
			before.close();
			throw ex;
		}
	}

	boolean isEmpty() {
		return this.copied.isEmpty();
	}

	List<Copied> all() {
		return this.copied;
	}

	/**
	 * Return the copies, by the files that they are of.
	 */
	Map<Path, Path> byFile() {
		Map<Path, Path> byFile = new HashMap<>();
		this.copied.forEach((copied) -> byFile.put(copied.database.file(), copied.copy.file()));
		return byFile;
	}

	/**
	 * Return the databases themselves that were written to since they were copied.
	 */
	List<Path> written() {
		return this.copied.stream().filter(Copied::isWritten).map((copied) -> copied.database.file()).toList();
	}

	@Override
	public void close() {
		this.copied.forEach(Copied::close);
	}

	/**
	 * A database with its copy.
	 *
	 * @param database the database
	 * @param before a file with what was copied
	 * @param ownBefore the same if it is to be removed, or {@code null} if it is a
	 * snapshot
	 * @param copy the copy
	 * @param lastWrite the last write to the database itself, once that is watched
	 */
	record Copied(RehearsalCandidate database, Path before, @Nullable RehearsalCopy ownBefore, RehearsalCopy copy,
			@Nullable LastWrite lastWrite) {

		private Copied watched() {
			return new Copied(this.database, this.before, this.ownBefore, this.copy,
					LastWrite.of(this.database.file()));
		}

		private boolean isWritten() {
			LastWrite earlier = this.lastWrite;
			return earlier != null && LastWrite.of(this.database.file()).isPlainlyAfter(earlier);
		}

		private void close() {
			this.copy.close();
			if (this.ownBefore != null) {
				this.ownBefore.close();
			}
		}

	}

}
