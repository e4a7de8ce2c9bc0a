/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.function.Consumer;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.MigrationComparison;

import org.springframework.beans.factory.ObjectProvider;

/**
 * A {@link BackupListener} that passes everything on to the beans of that type. They are
 * looked up when there is something to tell and not before, since a backup may come
 * before most beans exist.
 */
final class LazyBackupListeners implements BackupListener {

	private final ObjectProvider<BackupListener> listeners;

	private final Consumer<MigrationComparison> migrations;

	LazyBackupListeners(ObjectProvider<BackupListener> listeners) {
		this(listeners, (comparison) -> {
		});
	}

	/**
	 * Create a new instance.
	 * @param listeners the beans
	 * @param migrations hears of migrations as well, and is no such bean, so that an
	 * application that injects its only one can go on doing so
	 */
	LazyBackupListeners(ObjectProvider<BackupListener> listeners, Consumer<MigrationComparison> migrations) {
		this.listeners = listeners;
		this.migrations = migrations;
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
	public void onResult(BackupResult result) {
		tellAll((listener) -> listener.onResult(result));
	}

	@Override
	public void onWarning(String message) {
		tellAll((listener) -> listener.onWarning(message));
	}

	@Override
	public void onMigrated(MigrationComparison comparison) {
		this.migrations.accept(comparison);
		tellAll((listener) -> listener.onMigrated(comparison));
	}

	@Override
	public void onFailure(BackupException failure) {
		tellAll((listener) -> listener.onFailure(failure));
	}

	private void tellAll(Consumer<BackupListener> message) {
		RuntimeException failure = null;
		for (BackupListener listener : this.listeners.orderedStream().toList()) {
			try {
				message.accept(listener);
			}
			catch (RuntimeException ex) {
				// The others hear it all the same.
				if (failure == null) {
					failure = ex;
				}
				else {
					failure.addSuppressed(ex);
				}
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

}
