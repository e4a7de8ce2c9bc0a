/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of an application's snapshots at all places elsewhere: the entrance. They
 * are made in the background, for each place on a thread of its own, from
 * {@link #start()} on. What is pending is known from the disk, see
 * {@link dev.quartermaster.backup.CopyLedger}.
 */
public final class Copies {

	private static final Logger logger = LoggerFactory.getLogger(Copies.class);

	private final CopySources sources;

	private final List<PlaceCopies> places = new ArrayList<>();

	private final List<CopyWorker> workers = new ArrayList<>();

	private final AtomicLong version = new AtomicLong();

	private final List<CopyListener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param places where copies go
	 * @param registry gives the databases, or {@code null} if everything is switched off
	 */
	public Copies(CopyPlaces places, Supplier<@Nullable SqliteBackupRegistry> registry) {
		// The second in which the application began may have begun before it.
		this(places, registry, CopyWorker.PAUSES, Instant.now().minusSeconds(1));
	}

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param places where copies go
	 * @param registry gives the databases
	 * @param pauses the pauses before the second attempt and all others
	 * @param since from when on a place that is new gets all snapshots
	 */
	Copies(CopyPlaces places, Supplier<@Nullable SqliteBackupRegistry> registry, List<Duration> pauses, Instant since) {
		this.sources = new CopySources(registry);
		for (CopyPlaces.Target target : places.all()) {
			PlaceCopies copies = new PlaceCopies(target, this.sources, new Everybody(), since);
			this.places.add(copies);
			this.workers.add(new CopyWorker(copies, pauses));
		}
	}

	/**
	 * Return a listener that hears of backups, which are copied when it does.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new Waker();
	}

	/**
	 * Return the places, for people to read, and whether each can be used: it was tried,
	 * and did not fail.
	 * @return whether, by place
	 */
	public Map<String, Boolean> usable() {
		Map<String, Boolean> usable = new LinkedHashMap<>();
		this.places.forEach((place) -> usable.put(place.display(), place.state().isUsable()));
		return usable;
	}

	/**
	 * Return the conditions of a database's copies. No place is asked.
	 * @param backups the service of the database
	 * @return the conditions, one for each place
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public List<CopyCondition> conditions(SqliteBackupService backups) {
		return this.places.stream().map((place) -> place.condition(backups)).toList();
	}

	/**
	 * Return whether every place has all snapshots of a database that it is to get, but
	 * for older ones that it does not take.
	 * @param database the file of the database
	 * @return whether it has
	 */
	public boolean isComplete(Path database) {
		Path file = RealPath.of(database);
		return this.sources.all()
			.stream()
			.map(CopySource::backups)
			.filter((backups) -> RealPath.of(backups.database()).equals(file))
			.allMatch((backups) -> this.places.stream().allMatch((place) -> place.isComplete(backups)));
	}

	/**
	 * Return a number that is another one whenever something has happened.
	 * @return the number
	 */
	public long version() {
		return this.version.get();
	}

	/**
	 * Tell somebody what comes of the copies.
	 * @param listener the listener
	 */
	public void addListener(CopyListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Return whether a place is no directory, but an object store.
	 * @return whether one is
	 */
	public boolean usesObjectStore() {
		return this.places.stream().anyMatch(PlaceCopies::isObjectStore);
	}

	/**
	 * Begin to copy.
	 */
	public void start() {
		this.workers.forEach(CopyWorker::start);
	}

	/**
	 * Come to an end. What is pending is copied as far as there is time for it; the next
	 * start goes on with the rest.
	 * @param patience how long to wait at the most
	 */
	public void stop(Duration patience) {
		long end = System.nanoTime() + patience.toNanos();
		this.workers.forEach(CopyWorker::close);
		try {
			for (CopyWorker worker : this.workers) {
				worker.await(end);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private final class Waker implements BackupListener {

		@Override
		public void onResult(BackupResult result) {
			Copies.this.sources.heardOf(result.database());
			Copies.this.workers.forEach(CopyWorker::wake);
		}

	}

	/**
	 * A {@link CopyListener} that tells all others.
	 */
	private final class Everybody implements CopyListener {

		@Override
		public void onCopied(Path database, String place, boolean sent, Duration took) {
			tell((listener) -> listener.onCopied(database, place, sent, took));
		}

		@Override
		public void onComplete(Path database, String place) {
			tell((listener) -> listener.onComplete(database, place));
		}

		@Override
		public void onFailure(Path database, String place, BackupException failure, Duration took) {
			tell((listener) -> listener.onFailure(database, place, failure, took));
		}

		private void tell(Consumer<CopyListener> message) {
			Copies.this.version.incrementAndGet();
			for (CopyListener listener : Copies.this.listeners) {
				try {
					message.accept(listener);
				}
				catch (RuntimeException ex) {
					logger.warn("A listener to the copies of snapshots failed, which is no failure to copy.",
							Secrets.mask(ex));
				}
			}
		}

	}

}
