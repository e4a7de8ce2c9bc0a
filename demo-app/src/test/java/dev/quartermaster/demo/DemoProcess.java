/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The executable jar in a process of its own, as a user starts it, and a client of it.
 */
final class DemoProcess implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Process process;

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

	private DemoProcess(Process process) {
		this.process = process;
		new Thread(this::readLog, "log of the demo").start();
	}

	/**
	 * Start the demo and wait until it answers.
	 * @param directory its working directory
	 * @param database the file of its database
	 * @param backups its backup directory
	 */
	static DemoProcess start(Path directory, Path database, Path backups) throws Exception {
		return start(DemoJar.java("-jar", DemoJar.path().toString()), directory, database, backups);
	}

	/**
	 * Start the demo by a command, and wait until it answers.
	 * @param command what starts it
	 * @param directory its working directory
	 * @param database the file of its database
	 * @param backups its backup directory
	 */
	static DemoProcess start(List<String> command, Path directory, Path database, Path backups) throws Exception {
		List<String> own = new ArrayList<>(command);
		if (own.get(0).equals(DemoJar.java().get(0))) {
			// The driver logs what it finds there of processes that start or end at the
			// same time. A container has a directory of its own.
			own.add(1, "-Dorg.sqlite.tmpdir=" + Files.createTempDirectory("sqlite"));
		}
		ProcessBuilder builder = DemoJar.process(directory, own).redirectErrorStream(true);
		builder.environment().put("SERVER_PORT", "0");
		builder.environment().put("QUARTERMASTER_DB_URL", "jdbc:sqlite:" + database);
		builder.environment().put("QUARTERMASTER_BACKUP_DIR", backups.toString());
		DemoProcess demo = new DemoProcess(builder.start());
		try {
			demo.port();
			return demo;
		}
		catch (Throwable ex) {
			demo.close();
			throw ex;
		}
	}

	private void readLog() {
		try (BufferedReader reader = this.process.inputReader()) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				this.log.add(line);
				Matcher started = STARTED.matcher(line);
				if (started.find()) {
					this.port.complete(Integer.valueOf(started.group(1)));
				}
			}
		}
		catch (IOException ex) {
			// The process was killed.
		}
		this.port.completeExceptionally(new IllegalStateException("The demo ended:\n" + log()));
	}

	int port() throws ExecutionException, InterruptedException, TimeoutException {
		return this.port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Return all that it has logged by now.
	 */
	String log() {
		return String.join("\n", this.log);
	}

	HttpResponse<String> get(String path) throws Exception {
		return send("GET", path, null);
	}

	HttpResponse<String> post(String path, String json) throws Exception {
		return send("POST", path, json);
	}

	HttpResponse<String> send(String method, String path, @Nullable String json) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
			.timeout(PATIENCE)
			.method(method, (json != null) ? BodyPublishers.ofString(json) : BodyPublishers.noBody());
		if (json != null) {
			request.header("Content-Type", "application/json");
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * End it, as the system would when it shuts down, and return the exit code.
	 */
	int terminate() throws InterruptedException {
		this.process.destroy();
		return this.process.waitFor();
	}

	/**
	 * Kill it, as the system would when it runs out of memory.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
