/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The content of a database from before a restore, once it is kept.
 */
final class KeptBeforeRestore {

	private final BackupContext context;

	private final Supplier<Backup> backup;

	private final List<Runnable> reports;

	private Optional<Snapshot> snapshot = Optional.empty();

	private boolean unchanged;

	KeptBeforeRestore(BackupContext context, Supplier<Backup> backup, List<Runnable> reports) {
		this.context = context;
		this.backup = backup;
		this.reports = reports;
	}

	/**
	 * Keep what is there.
	 * @return whether it is sound, or nothing at all
	 */
	boolean keep(CopySource current) {
		BackupResult result = backUp(current);
		if (result instanceof BackupResult.Created created) {
			this.snapshot = Optional.of(created.snapshot());
			return !(created.verification() instanceof Verification.Corrupt);
		}
		if (result instanceof BackupResult.Unchanged same) {
			this.snapshot = Optional.of(same.snapshot());
			this.unchanged = true;
			return !(same.verification() instanceof Verification.Corrupt);
		}
		return true;
	}

	private BackupResult backUp(CopySource current) {
		long begun = System.nanoTime();
		Backup made = this.backup.get();
		try {
			BackupResult result = made.make(current);
			BackupAttempt attempt = made.attempt(begun, BackupTrigger.RESTORE);
			this.reports.add(() -> Backup.report(this.context, result, attempt));
			return result;
		}
		catch (BackupException ex) {
			BackupAttempt attempt = made.attempt(begun, BackupTrigger.RESTORE);
			this.reports.add(() -> this.context.report().failure(ex, attempt));
			throw ex;
		}
	}

	Optional<Snapshot> snapshot() {
		return this.snapshot;
	}

	/**
	 * Return whether nothing had to be kept, since it is in the snapshot that is going to
	 * be restored.
	 */
	boolean isSource(RestorableSnapshot source) {
		try {
			return this.unchanged && this.snapshot.isPresent()
					&& Files.isSameFile(this.snapshot.get().file(), source.file());
		}
		catch (IOException ex) {
			// Then it is restored, which does no harm.
			return false;
		}
	}

}
