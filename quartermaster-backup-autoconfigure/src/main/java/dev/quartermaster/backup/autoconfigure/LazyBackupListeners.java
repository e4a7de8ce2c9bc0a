/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.PruneResult;

import org.springframework.beans.factory.ObjectProvider;

/**
 * A {@link BackupListener} that passes everything on to the beans of that type, and to
 * ours. They are looked up when there is something to tell and not before, since a backup
 * may come before most beans exist.
 */
final class LazyBackupListeners implements BackupListener {

	private final ObjectProvider<BackupListener> listeners;

	private final ObjectProvider<OwnListener> own;

	/**
	 * Create a new instance.
	 * @param listeners the beans of the application
	 * @param own ours, which hear of everything first
	 */
	LazyBackupListeners(ObjectProvider<BackupListener> listeners, ObjectProvider<OwnListener> own) {
		this.listeners = listeners;
		this.own = own;
	}

	@Override
	public void onProgress(Path database, long bytes, long totalBytes) {
		tellAll((listener) -> listener.onProgress(database, bytes, totalBytes));
	}

	@Override
	public void onCheckProgress(Path file, long bytes, long totalBytes) {
		tellAll((listener) -> listener.onCheckProgress(file, bytes, totalBytes));
	}

	@Override
	public void onResult(BackupResult result, BackupAttempt attempt) {
		tellAll((listener) -> listener.onResult(result, attempt));
	}

	@Override
	public void onWarning(String message) {
		tellAll((listener) -> listener.onWarning(message));
	}

	@Override
	public void onMigrated(MigrationComparison comparison) {
		tellAll((listener) -> listener.onMigrated(comparison));
	}

	@Override
	public void onFailure(BackupException failure, BackupAttempt attempt) {
		tellAll((listener) -> listener.onFailure(failure, attempt));
	}

	@Override
	public void onPruned(PruneResult result) {
		tellAll((listener) -> listener.onPruned(result));
	}

	@Override
	public void onDrilled(DrillResult result) {
		tellAll((listener) -> listener.onDrilled(result));
	}

	private void tellAll(Consumer<BackupListener> message) {
		List<RuntimeException> failures = new ArrayList<>();
		// Ours first: a listener of the application may be one that cannot be made yet.
		tell(() -> this.own.orderedStream().map(OwnListener::listener), message, failures);
		tell(this.listeners::orderedStream, message, failures);
		if (!failures.isEmpty()) {
			RuntimeException failure = failures.remove(0);
			failures.forEach(failure::addSuppressed);
			throw failure;
		}
	}

	private static void tell(Supplier<Stream<BackupListener>> listeners, Consumer<BackupListener> message,
			List<RuntimeException> failures) {
		try {
			for (BackupListener listener : listeners.get().toList()) {
				try {
					message.accept(listener);
				}
				catch (RuntimeException ex) {
					// The others hear it all the same.
					failures.add(ex);
				}
			}
		}
		catch (RuntimeException ex) {
			failures.add(ex);
		}
	}

}
