/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The requests for snapshots that are being served or waiting: no more of each database
 * than a server can spare threads. Whoever sent a request that waits may be gone, which
 * nobody notices before it is answered.
 */
final class AdmittedRequests {

	/**
	 * One that is served and four that wait.
	 */
	static final int MOST = 5;

	private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();

	/**
	 * Let a request in and answer it.
	 * @param databases the databases that it concerns
	 * @param answer answers it
	 * @return the answer
	 * @throws TooManyRequestsException if there are too many of one of the databases
	 */
	<T> T answer(Set<String> databases, Supplier<T> answer) {
		List<Semaphore> acquired = new ArrayList<>();
		try {
			for (String database : databases) {
				Semaphore permits = this.permits.computeIfAbsent(database, (name) -> new Semaphore(MOST));
				if (!permits.tryAcquire()) {
					throw new TooManyRequestsException(database, MOST);
				}
				acquired.add(permits);
			}
			return answer.get();
		}
		finally {
			acquired.forEach(Semaphore::release);
		}
	}

}
