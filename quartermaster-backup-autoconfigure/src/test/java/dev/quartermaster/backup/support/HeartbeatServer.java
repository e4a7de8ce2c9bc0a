/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that hears heartbeats, on this machine.
 */
public final class HeartbeatServer implements AutoCloseable {

	/**
	 * A path that nobody but the two sides may know.
	 */
	public static final String SECRET = "0c6e0d5e-5f0f-4a8b-secret";

	private final HttpServer server;

	private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

	private final Deque<Integer> answers = new ArrayDeque<>();

	private final CountDownLatch silence;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private volatile boolean endless;

	private HeartbeatServer(HttpServer server, CountDownLatch silence) {
		this.server = server;
		this.silence = silence;
		server.setExecutor(this.threads);
	}

	/**
	 * Start one that answers with the given statuses, and after those with 200.
	 */
	public static HeartbeatServer start(Integer... answers) {
		HeartbeatServer server = start(new CountDownLatch(0));
		server.answers.addAll(List.of(answers));
		return server;
	}

	/**
	 * Start one that takes calls, and answers when it is told to.
	 */
	public static HeartbeatServer startSilent() {
		return start(new CountDownLatch(1));
	}

	/**
	 * Start one whose answers never end.
	 */
	public static HeartbeatServer startEndless() {
		HeartbeatServer server = start(new CountDownLatch(0));
		server.endless = true;
		return server;
	}

	private static HeartbeatServer start(CountDownLatch silence) {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			HeartbeatServer heartbeats = new HeartbeatServer(server, silence);
			server.createContext("/", heartbeats::answer);
			server.start();
			return heartbeats;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public String url() {
		return host() + "/ping/" + SECRET;
	}

	public String host() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	private void answer(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		this.requests.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
		try {
			this.silence.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.endless) {
			answerWithoutEnd(exchange);
			return;
		}
		Integer status = this.answers.poll();
		exchange.sendResponseHeaders((status != null) ? status : 200, -1);
		exchange.close();
	}

	/**
	 * Until nobody reads it.
	 */
	private void answerWithoutEnd(HttpExchange exchange) throws IOException {
		exchange.sendResponseHeaders(200, 0);
		try (OutputStream body = exchange.getResponseBody()) {
			while (this.endless) {
				body.write('.');
				body.flush();
				Thread.sleep(10);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public void speak() {
		this.silence.countDown();
	}

	/**
	 * Wait for a call.
	 * @return its method, its path and its body
	 */
	public String next() {
		try {
			String next = this.requests.poll(60, TimeUnit.SECONDS);
			assertThat(next).as("call").isNotNull();
			return next;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the calls that nobody has waited for.
	 */
	public List<String> others() {
		return List.copyOf(this.requests);
	}

	@Override
	public void close() {
		this.silence.countDown();
		this.endless = false;
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
