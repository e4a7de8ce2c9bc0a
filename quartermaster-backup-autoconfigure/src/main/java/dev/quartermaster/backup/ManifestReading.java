/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * The reading of the manifests of many snapshots, by several threads at once: a disk that
 * has to look for small files does it for some of them together in the time that it takes
 * for one.
 */
public final class ManifestReading {

	/**
	 * To start a thread, and SQLite on it, takes as long as to read that many.
	 */
	private static final int WORTH_A_THREAD = 100;

	private static final int MOST_THREADS = 4;

	private final List<Snapshot> snapshots;

	private final BiConsumer<Snapshot, SnapshotManifests> each;

	private final AtomicInteger next = new AtomicInteger();

	private volatile boolean ended;

	private ManifestReading(List<Snapshot> snapshots, BiConsumer<Snapshot, SnapshotManifests> each) {
		this.snapshots = snapshots;
		this.each = each;
	}

	/**
	 * Return the manifests of many snapshots at once, like {@link SnapshotManifests#of},
	 * but without {@linkplain SnapshotManifest.Schema#pending() what was pending} and
	 * without the {@linkplain SnapshotManifest#rows() rows}.
	 * @param snapshots the snapshots
	 * @return the manifests of those that have one
	 */
	public static Map<Snapshot, SnapshotManifest> summaries(List<Snapshot> snapshots) {
		Map<Snapshot, SnapshotManifest> found = new ConcurrentHashMap<>();
		of(snapshots,
				(snapshot, manifests) -> manifests.of(snapshot).ifPresent((manifest) -> found.put(snapshot, manifest)),
				() -> false);
		return found;
	}

	/**
	 * Do something with each of many snapshots for which its manifest is needed. The
	 * reader gives manifests without their lists, see
	 * {@link SnapshotManifest#withoutLists()}.
	 * @param snapshots the snapshots, which are begun with in their order
	 * @param each what is to be done, on several threads at once
	 * @param over tells whether to leave the rest; asked on this thread
	 */
	static void of(List<Snapshot> snapshots, BiConsumer<Snapshot, SnapshotManifests> each, BooleanSupplier over) {
		new ManifestReading(snapshots, each).read(over);
	}

	private void read(BooleanSupplier over) {
		List<FutureTask<Void>> helpers = new ArrayList<>();
		try {
			int threads = Math.min(MOST_THREADS, this.snapshots.size() / WORTH_A_THREAD);
			for (int i = 1; i < threads; i++) {
				helpers.add(help());
			}
			work(over);
		}
		finally {
			this.ended = true;
			helpers.forEach(ManifestReading::await);
		}
	}

	private FutureTask<Void> help() {
		FutureTask<Void> task = new FutureTask<>(() -> {
			work(() -> false);
			return null;
		});
		Thread thread = new Thread(task, "quartermaster-backup-manifests");
		thread.setDaemon(true);
		thread.start();
		return task;
	}

	private void work(BooleanSupplier over) {
		try (SnapshotManifests manifests = SnapshotManifests.withoutLists()) {
			// What was taken is read, though the others may be at the end already.
			while (!this.ended && !over.getAsBoolean()) {
				int taken = this.next.getAndIncrement();
				if (taken >= this.snapshots.size()) {
					return;
				}
				this.each.accept(this.snapshots.get(taken), manifests);
			}
		}
	}

	/**
	 * Wait for one that has at most one manifest left to read, or all others.
	 */
	private static void await(FutureTask<Void> helper) {
		boolean interrupted = false;
		while (true) {
			try {
				helper.get();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException("The manifests could not be read", ex.getCause());
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
