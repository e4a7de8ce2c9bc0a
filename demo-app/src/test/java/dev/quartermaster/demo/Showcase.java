/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

import com.jayway.jsonpath.JsonPath;

/**
 * A demo that looks as if it had been in use for some weeks, for pictures of its page:
 * {@code mvn verify -Dit.test=DemoPageIT -Dscreenshots=../docs/images}.
 */
final class Showcase implements AutoCloseable {

	private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

	private static final LocalDateTime NOW = LocalDateTime.now();

	private final DemoProcess demo;

	private final Browser browser;

	private final Path home;

	private Showcase(DemoProcess demo, Browser browser, Path home) {
		this.demo = demo;
		this.browser = browser;
		this.home = home;
	}

	static Showcase open(Path home) throws Exception {
		DemoProcess demo = DemoProcess.start(home, home.resolve("quartermaster.db"), home.resolve("backups"));
		try {
			Showcase showcase = new Showcase(demo, Browser.open(demo), home);
			showcase.fill();
			return showcase;
		}
		catch (Throwable ex) {
			demo.close();
			throw ex;
		}
	}

	private void fill() throws Exception {
		snapshot(NOW.minusDays(24).withHour(7), "flyway");
		snapshot(NOW.minusDays(19).withHour(16), "first shelf");
		add("anvil, 60 kg", 1, "smithy");
		add("bellows", 2, "smithy");
		snapshot(NOW.minusDays(11).withHour(7), "flyway");
		snapshot(NOW.minusDays(11).withHour(9), "before import");
		add("candles, box of 50", 12, "storeroom");
		add("canvas, 10 m", 6, "sail loft");
		add("chisel set", 3, "workshop");
		add("lamp oil, 5 l", 8, "storeroom");
		add("pulley block", 14, "sail loft");
		snapshot(NOW.minusDays(4).withHour(7), "flyway");
		snapshot(NOW.minusDays(1).withHour(18), "pre-restore");
		add("sailmaker's needles", 40, "sail loft");
		add("tar, barrel", 2, "cellar");
		post("before stocktaking");
		for (String item : List.of("canvas, 10 m", "pulley block")) {
			List<Integer> ids = JsonPath.read(this.demo.get("/items").body(), "$[?(@.name == '" + item + "')].id");
			this.demo.send("DELETE", "/items/" + ids.get(0), null);
		}
	}

	private void add(String name, int quantity, String location) throws Exception {
		this.demo.post("/items",
				"{\"name\":\"%s\",\"quantity\":%d,\"location\":\"%s\"}".formatted(name, quantity, location));
	}

	private String post(String reason) throws Exception {
		return JsonPath.read(this.demo.post("/actuator/dbbackup", "{\"reason\":\"" + reason + "\"}").body(), "$.name");
	}

	/**
	 * Take a snapshot that looks like one of another time.
	 */
	private void snapshot(LocalDateTime time, String reason) throws Exception {
		String name = post(reason);
		Path backups = this.home.resolve("backups");
		String other = "quartermaster-" + STAMP.format(time) + "-" + reason.replace(' ', '-') + ".db";
		Files.move(backups.resolve(name), backups.resolve(other));
		Files.move(backups.resolve(name + ".json"), backups.resolve(other + ".json"));
	}

	/**
	 * Return a picture of the page, in which no path is that of this machine.
	 */
	byte[] picture(int width, int height, String scheme) {
		this.browser.show(width, scheme);
		this.browser.script(
				"const code = document.querySelector('.restore code');"
						+ "code.textContent = code.textContent.replaceAll(arguments[0], '/srv/quartermaster')"
						+ ".replaceAll(arguments[1], '/srv/quartermaster').replace(/-Dorg.sqlite.tmpdir=\\S+ /, '')",
				this.home.toString(), DemoJar.path().resolveSibling("").toString());
		return this.browser.picture(width, height);
	}

	@Override
	public void close() {
		this.browser.close();
		this.demo.close();
	}

}
