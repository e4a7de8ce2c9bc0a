/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sender of heartbeats, on a thread of its own that keeps no process alive and is
 * waited for by nobody. A call that fails is repeated after growing pauses, until it
 * arrives or there is another one to make, which tells of a later state.
 */
final class HeartbeatSender implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HeartbeatSender.class);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/**
	 * The last one is repeated.
	 */
	static final List<Duration> PAUSES = List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30),
			Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

	/**
	 * About two days.
	 */
	private static final int MOST_ATTEMPTS = 100;

	/**
	 * More than that is only waiting when the service does not answer.
	 */
	private static final int MOST_WAITING = 16;

	private static final int REQUEST_TIMEOUT = 408;

	private static final int TOO_MANY_REQUESTS = 429;

	private final HeartbeatUrl url;

	private final List<Duration> pauses;

	private final Duration patience;

	private final Deque<Message> waiting = new ArrayDeque<>();

	private @Nullable Thread thread;

	private boolean closed;

	private boolean logged;

	HeartbeatSender(HeartbeatUrl url) {
		this(url, PAUSES, PATIENCE);
	}

	/**
	 * Create a new instance.
	 * @param url where to call
	 * @param pauses the pauses before the second attempt and all others
	 * @param patience how long a call may last
	 */
	HeartbeatSender(HeartbeatUrl url, List<Duration> pauses, Duration patience) {
		this.url = url;
		this.pauses = pauses;
		this.patience = patience;
	}

	void succeeded() {
		add(new Message(this.url.success(), null));
	}

	void failed(String sentence) {
		add(new Message(this.url.failure(), sentence));
	}

	private synchronized void add(Message message) {
		if (this.closed) {
			return;
		}
		if (this.waiting.size() >= MOST_WAITING) {
			this.waiting.removeFirst();
		}
		this.waiting.addLast(message);
		notifyAll();
		if (this.thread == null) {
			Thread sending = new Thread(this::sendAll, "quartermaster-heartbeat");
			sending.setDaemon(true);
			this.thread = sending;
			sending.start();
		}
	}

	/**
	 * Accept nothing more and repeat nothing more. What is the latest is tried once if
	 * the process lasts that long.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		while (this.waiting.size() > 1) {
			this.waiting.removeFirst();
		}
		notifyAll();
	}

	private void sendAll() {
		try {
			HttpClient client = HttpClient.newBuilder()
				.connectTimeout(this.patience)
				.followRedirects(Redirect.NORMAL)
				.build();
			for (Message message = next(); message != null; message = next()) {
				send(client, message);
			}
		}
		catch (InterruptedException ex) {
			// The application stops.
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | LinkageError ex) {
			// Such as certificates that cannot be read. The next message tries again.
			ended();
			notDelivered(this.url.maskIn(String.valueOf(ex)));
		}
	}

	private synchronized void ended() {
		this.thread = null;
	}

	private synchronized @Nullable Message next() throws InterruptedException {
		while (this.waiting.isEmpty() && !this.closed) {
			wait();
		}
		return this.waiting.pollFirst();
	}

	private void send(HttpClient client, Message message) throws InterruptedException {
		for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
			if (attempt > 0 && isSuperseded(this.pauses.get(Math.min(attempt, this.pauses.size()) - 1))) {
				return;
			}
			try {
				int status = call(client, message.request());
				if (status < 300) {
					delivered();
					return;
				}
				notDelivered("answered with status " + status);
				if (status < 500 && status != REQUEST_TIMEOUT && status != TOO_MANY_REQUESTS) {
					// It would not answer otherwise the next time.
					return;
				}
			}
			catch (IOException | RuntimeException ex) {
				notDelivered(this.url.maskIn(String.valueOf(ex)));
			}
		}
	}

	/**
	 * Make a call and return the status of the answer. Nobody waits for what comes after
	 * it, which may have no end.
	 */
	private int call(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
		CompletableFuture<HttpResponse<InputStream>> call = client.sendAsync(request, BodyHandlers.ofInputStream());
		try {
			HttpResponse<InputStream> answer = call.get(this.patience.toMillis(), TimeUnit.MILLISECONDS);
			answer.body().close();
			return answer.statusCode();
		}
		catch (TimeoutException ex) {
			throw new HttpTimeoutException("no answer within " + this.patience.toMillis() + " ms");
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof IOException cause) ? cause : new IOException(ex.getCause());
		}
		finally {
			call.cancel(true);
		}
	}

	/**
	 * Wait, unless there is a message that tells of a later state.
	 * @return whether there is
	 */
	private synchronized boolean isSuperseded(Duration pause) throws InterruptedException {
		long until = System.nanoTime() + pause.toNanos();
		while (this.waiting.isEmpty() && !this.closed) {
			long millis = Duration.ofNanos(until - System.nanoTime()).toMillis();
			if (millis <= 0) {
				return false;
			}
			wait(millis);
		}
		return true;
	}

	private void delivered() {
		if (this.logged) {
			logger.info("The heartbeat reaches {} again.", this.url);
			this.logged = false;
		}
	}

	/**
	 * Once, until one has arrived.
	 */
	private void notDelivered(String why) {
		if (this.logged) {
			logger.debug("The heartbeat did not reach {} ({})", this.url, why);
			return;
		}
		this.logged = true;
		logger.warn("The heartbeat of the backups did not reach {} ({}). The backups themselves are not affected."
				+ " Check quartermaster.backup.heartbeat.url, and whether that service can be reached from here."
				+ " A call that may arrive later is repeated in the background.", this.url, why);
	}

	/**
	 * A call that is to be made.
	 *
	 * @param url where to
	 * @param sentence what to tell, or {@code null} for nothing
	 */
	private record Message(URI url, @Nullable String sentence) {

		HttpRequest request() {
			HttpRequest.Builder request = HttpRequest.newBuilder(this.url).header("User-Agent", "quartermaster-backup");
			if (this.sentence != null) {
				request.header("Content-Type", "text/plain; charset=utf-8")
					.POST(BodyPublishers.ofString(this.sentence));
			}
			return request.build();
		}

	}

}
