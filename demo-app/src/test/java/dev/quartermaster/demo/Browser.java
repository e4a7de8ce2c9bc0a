/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Chromium without a window, with the page of a demo in it.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int HEIGHT = 900;

	/**
	 * Sharp on most screens, and not too large a file.
	 */
	private static final double PICTURE_SCALE = 1.5;

	private final ChromeDriver driver;

	private final String address;

	private Browser(ChromeDriver driver, String address) {
		this.driver = driver;
		this.address = address;
	}

	/**
	 * Open the page. Without Chromium and its driver, the test is left out.
	 */
	static Browser open(DemoProcess demo) throws Exception {
		ChromeOptions options = new ChromeOptions().setBinary(program("chromium", "chromium"))
			// No sandbox can be made by root, nor much shared memory be had in a
			// container.
			.addArguments("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en");
		ChromeDriverService service = new ChromeDriverService.Builder()
			.usingDriverExecutable(program("chromedriver", "chromium-driver"))
			.build();
		Browser browser = new Browser(new ChromeDriver(service, options), "http://127.0.0.1:" + demo.port() + "/");
		browser.show(1280, "light");
		return browser;
	}

	private static File program(String name, String debianPackage) {
		Optional<Path> found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst();
		if (found.isEmpty()) {
			String missing = "This needs the program " + name + " (Debian: apt-get install " + debianPackage + ")";
			if (Boolean.getBoolean("tests.nothing-left-out")) {
				fail(missing);
			}
			return abort(missing);
		}
		return found.get().toFile();
	}

	/**
	 * Load the page anew.
	 * @param width how wide the window is
	 * @param scheme the colour scheme, {@code light} or {@code dark}
	 */
	void show(int width, String scheme) {
		size(width, HEIGHT, 1);
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		reload();
	}

	private void size(int width, int height, double scale) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", false));
	}

	void reload() {
		this.driver.get(this.address);
	}

	/**
	 * Return a picture of the page, from its top.
	 */
	byte[] picture(int width, int height) {
		size(width, height, PICTURE_SCALE);
		byte[] picture = this.driver.getScreenshotAs(OutputType.BYTES);
		size(width, HEIGHT, 1);
		return picture;
	}

	/**
	 * Return what keeps some people from using the page, as far as a program can tell.
	 */
	List<String> barriers() {
		return new AxeBuilder().analyze(this.driver).getViolations().stream().map((rule) -> describe(rule)).toList();
	}

	private static String describe(Rule rule) {
		return rule.getHelp() + ": " + rule.getNodes().stream().map((node) -> node.getHtml()).toList();
	}

	/**
	 * Type into what has the focus.
	 */
	void type(CharSequence... keys) {
		this.driver.switchTo().activeElement().sendKeys(keys);
	}

	/**
	 * Type into the field of a label, in place of what is in it.
	 */
	void fill(String id, String text) {
		WebElement field = this.driver.findElement(By.id(id));
		field.clear();
		field.sendKeys(text);
	}

	/**
	 * Click on a button, and wait for the page that it leads to.
	 */
	void submit(String css) throws InterruptedException {
		leave(this.driver.findElement(By.cssSelector(css))::click);
	}

	/**
	 * Click on what leads to no other page.
	 */
	void click(String css) {
		this.driver.findElement(By.cssSelector(css)).click();
	}

	/**
	 * Wait for the page that something leads to: the driver does so only if that has
	 * begun when it looks.
	 */
	void leave(Runnable action) throws InterruptedException {
		script("window.isLeft = true");
		action.run();
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!isNew()) {
			assertThat(System.nanoTime()).as("there is a new page").isLessThan(end);
			Thread.sleep(10);
		}
	}

	private boolean isNew() {
		try {
			return Boolean.TRUE.equals(script("return !window.isLeft && document.readyState == 'complete'"));
		}
		catch (WebDriverException ex) {
			// There is no page just now.
			return false;
		}
	}

	String text(String css) {
		return this.driver.findElement(By.cssSelector(css)).getText();
	}

	List<String> texts(String css) {
		return this.driver.findElements(By.cssSelector(css)).stream().map(WebElement::getText).toList();
	}

	@Nullable Object script(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
