/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The requests for snapshots that are being served or waiting: no more than a server can
 * spare threads, and of each database only a few. Whoever sent a request that waits may
 * be gone, which nobody notices before it is answered.
 */
final class AdmittedRequests {

	/**
	 * A tenth of the threads that Tomcat has by default.
	 */
	static final int MOST = 20;

	/**
	 * One that is served and four that wait.
	 */
	static final int MOST_OF_DATABASE = 5;

	private final Semaphore permits = new Semaphore(MOST);

	private final Map<String, Semaphore> permitsOfDatabases = new ConcurrentHashMap<>();

	/**
	 * Let a request in and answer it.
	 * @param select finds the databases that it concerns, by name, which may take a
	 * connection and so long
	 * @param answer answers it
	 * @return the answer
	 * @throws TooManyRequestsException if there are too many already
	 */
	<D, T> T answer(Supplier<Map<String, D>> select, Function<Map<String, D>, T> answer) {
		List<Semaphore> acquired = new ArrayList<>();
		try {
			if (!this.permits.tryAcquire()) {
				throw TooManyRequestsException.inAll(MOST);
			}
			acquired.add(this.permits);
			Map<String, D> selected = select.get();
			for (String database : selected.keySet()) {
				Semaphore permits = this.permitsOfDatabases.computeIfAbsent(database,
						(name) -> new Semaphore(MOST_OF_DATABASE));
				if (!permits.tryAcquire()) {
					throw TooManyRequestsException.of(database, MOST_OF_DATABASE);
				}
				acquired.add(permits);
			}
			return answer.apply(selected);
		}
		finally {
			acquired.forEach(Semaphore::release);
		}
	}

}
