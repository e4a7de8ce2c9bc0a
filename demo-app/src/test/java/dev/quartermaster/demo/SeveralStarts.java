/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Several starts of the demo, one after the other in one process, each with arguments of
 * its own, one a line. Each is asked for a snapshot and stops.
 */
final class SeveralStarts implements SpringApplicationRunListener {

	/**
	 * Begins the line that tells what a start answered.
	 */
	static final String ANSWERED = "ANSWERED ";

	private static final Pattern DRILL = Pattern.compile("quartermaster_backup_drill_last\\S* [1-9]");

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final HttpClient client = HttpClient.newHttpClient();

	private final boolean untilDrill;

	private SeveralStarts(boolean untilDrill) {
		this.untilDrill = untilDrill;
	}

	public static void main(String[] starts) {
		for (String arguments : starts) {
			SeveralStarts listener = new SeveralStarts(arguments.contains("drill.schedule"));
			SpringApplication.withHook((application) -> listener, () -> DemoApplication.main(arguments.split("\n")));
		}
	}

	@Override
	public void ready(ConfigurableApplicationContext context, @Nullable Duration timeTaken) {
		try (context) {
			String address = "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port")
					+ "/actuator/";
			HttpResponse<String> answer = this.client.send(HttpRequest.newBuilder(URI.create(address + "dbbackup"))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{\"reason\":\"by hand\"}"))
				.build(), BodyHandlers.ofString());
			System.out.println(ANSWERED + answer.statusCode() + " " + answer.body());
			long end = System.nanoTime() + PATIENCE.toNanos();
			while (this.untilDrill && !DRILL.matcher(get(address + "prometheus")).find()) {
				if (System.nanoTime() > end) {
					throw new IllegalStateException("There was no drill");
				}
				LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String get(String url) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
	}

}
