/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotName;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the demo, as people see it in a browser, and what its forms answer.
 */
class DemoPageIT {

	@TempDir
	static Path directory;

	private static Path backups;

	private static DemoProcess demo;

	private static String firstPage;

	private static String firstLog;

	private static @Nullable Browser browser;

	private final HttpClient client = HttpClient.newBuilder()
		.cookieHandler(new CookieManager())
		.followRedirects(HttpClient.Redirect.NORMAL)
		.build();

	@BeforeAll
	static void boot() throws Exception {
		backups = directory.resolve("backups");
		demo = DemoProcess.start(withAccess(), directory, directory.resolve("quartermaster.db"), backups);
		firstPage = demo.get("/").body();
		firstLog = demo.log();
	}

	@AfterAll
	static void close() {
		if (browser != null) {
			browser.close();
		}
		demo.close();
	}

	@Test
	void removedItemsComeBackWithTheCommandThatThePageShows() throws Exception {
		Browser page = browser();
		page.reload();
		add(page, "anvil", "1", "smithy");
		assertThat(page.text("#inventory .notice")).isEqualTo("Added anvil.");
		add(page, "bellows", "2", "smithy");
		page.fill("reason", "before stocktaking");
		page.submit(".snapshot-form button");
		assertThat(page.text("#snapshots .notice")).startsWith("Snapshot taken.").contains("quick_check ok");
		assertThat(page.text(".snapshot-list .chosen > a")).contains("before stocktaking", "sound", "KB", "Today");
		assertThat(differences(page)).containsEntry("item", "same").containsEntry("location", "same");
		remove(page, "anvil");
		remove(page, "bellows");
		assertThat(items(page)).doesNotContain("anvil", "bellows");
		assertThat(differences(page)).containsEntry("item", "2 fewer").containsEntry("location", "same");
		CommandRun restore = CommandRun.of(Files.createDirectories(directory.resolve("elsewhere")), Map.of(), "",
				List.of("sh", "-c", page.text(".restore code")));
		assertThat(restore.exit()).as(restore.all()).isZero();
		page.reload();
		assertThat(items(page)).contains("anvil", "bellows");
		assertThat(page.texts(".snapshot-list .why")).startsWith("Before a restore", "before stocktaking");
		assertThat(page.text(".snapshot-list .chosen .why")).isEqualTo("before stocktaking");
	}

	@Test
	void snapshotIsRestoredAtTheNextStartAfterAQuestion() throws Exception {
		Browser page = browser();
		page.reload();
		page.fill("reason", "for the next start");
		page.submit(".snapshot-form button");
		assertThat(page.text(".question")).isEqualTo("Restore it at the next start");
		page.click(".question summary");
		assertThat(page.text(".question p")).startsWith("Shall the next start put this snapshot in the place of all");
		assertThat(page.barriers()).isEmpty();
		page.submit(".question button");
		assertThat(page.text(".next-start")).contains("The next start restores quartermaster-",
				"-for-the-next-start.db.");
		assertThat(page.texts(".question")).isEmpty();
		assertThat(page.barriers()).isEmpty();
		page.submit(".next-start button");
		assertThat(page.text("#snapshots .notice")).startsWith("The next start restores nothing.");
		assertThat(page.texts(".next-start")).isEmpty();
		assertThat(page.text(".question")).isEqualTo("Restore it at the next start");
	}

	@Test
	void nextStartBringsBackWhatWasThere(@TempDir Path home) throws Exception {
		Path database = home.resolve("app.db");
		Path copies = home.resolve("backups");
		String name;
		try (DemoProcess first = DemoProcess.start(withAccess(), home, database, copies)) {
			name = submit(first, "/snapshots", Map.of("reason", "to go back to")).uri()
				.getQuery()
				.replace("snapshot=", "");
			assertThat(first.send("DELETE", "/items/1", null).statusCode()).isEqualTo(204);
			assertThat(submit(first, "/snapshots/" + name + "/next-start", Map.of()).body())
				.contains("The next start restores ", name);
			assertThat(first.get("/items/1").statusCode()).isEqualTo(404);
			first.terminate();
		}
		try (DemoProcess second = DemoProcess.start(withAccess(), home, database, copies)) {
			assertThat(second.get("/items/1").statusCode()).isEqualTo(200);
			assertThat(second.get("/").body()).contains("Before a restore", "Restore it at the next start")
				.doesNotContain("The next start restores ");
			Files.delete(copies.resolve(name));
			assertThat(submit(second, "/snapshots/" + name + "/next-start", Map.of()).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void snapshotIsSentToWhoeverHasNotGotItYet() throws Exception {
		String name = take("to be fetched");
		URI file = URI.create("http://127.0.0.1:" + demo.port() + "/actuator/dbbackupfile/" + name);
		HttpResponse<byte[]> first = this.client.send(HttpRequest.newBuilder(file).build(), BodyHandlers.ofByteArray());
		assertThat(first.body()).isEqualTo(Files.readAllBytes(backups.resolve(name)));
		String tag = first.headers().firstValue("ETag").orElseThrow();
		assertThat(Files.readString(backups.resolve(name + ".json"))).contains(tag);
		HttpResponse<byte[]> second = this.client
			.send(HttpRequest.newBuilder(file).header("If-None-Match", tag).build(), BodyHandlers.ofByteArray());
		assertThat(second.statusCode()).isEqualTo(304);
		assertThat(second.body()).isEmpty();
		assertThat(demo.log()).contains(name + " of the database dataSource requested by somebody unknown");
	}

	@Test
	void keyboardIsEnoughAndShowsWhereItIs() throws Exception {
		Browser page = browser();
		page.reload();
		page.type(Keys.TAB);
		assertThat(focused(page)).isEqualTo("Skip to the snapshots");
		for (int stop = 0; stop < 12; stop++) {
			assertThat(page.script("const style = getComputedStyle(document.activeElement);"
					+ "return style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2"))
				.as("focus is visible on '%s'", focused(page))
				.isEqualTo(true);
			page.type(Keys.TAB);
		}
		page.reload();
		page.type(Keys.TAB);
		page.type(Keys.ENTER);
		page.type(Keys.TAB);
		page.type("by keyboard");
		page.leave(() -> page.type(Keys.ENTER));
		assertThat(focused(page)).as("is read out").startsWith("Snapshot taken.");
		assertThat(page.text(".snapshot-list .chosen .why")).isEqualTo("by keyboard");
	}

	@ParameterizedTest
	@CsvSource({ "1280, dark", "340, light" })
	void nothingKeepsAnybodyFromUsingThePage(int width, String scheme) throws Exception {
		Browser page = browser();
		page.show(width, scheme);
		page.fill("reason", "for " + scheme);
		page.submit(".snapshot-form button");
		page.submit(".item-form button");
		assertThat(page.texts(".item-form .error")).hasSize(3);
		assertThat(page.barriers()).isEmpty();
		assertThat(page.script("return document.documentElement.scrollWidth")).as("is not wider than the window")
			.isEqualTo((long) width);
	}

	@Test
	@EnabledIfSystemProperty(named = "screenshots", matches = ".+")
	void picturesAreTaken(@TempDir Path home) throws Exception {
		Path directory = Path.of(System.getProperty("screenshots"));
		try (Showcase showcase = Showcase.open(home)) {
			for (String scheme : List.of("light", "dark")) {
				Files.write(directory.resolve("page-" + scheme + ".png"), showcase.picture(1280, 920, scheme));
			}
		}
	}

	@Test
	void firstBootHasNothingToBackUp() {
		assertThat(firstLog).contains("Nothing to back up").doesNotContain(" WARN ", " ERROR ");
	}

	@Test
	void withoutSnapshotsThePageSaysSo() {
		assertThat(firstPage).contains("There is no snapshot yet").contains("Take a snapshot");
	}

	@ParameterizedTest
	@CsvSource({ "'', 1, yard, name", "' ', 1, yard, name", "barrel, -1, yard, quantity", "barrel, '', yard, quantity",
			"barrel, many, yard, quantity", "barrel, 99999999999, yard, quantity", "barrel, 1, '', location" })
	void errorIsToldBesideItsField(String name, String quantity, String location, String field) throws Exception {
		String rows = demo.get("/items").body();
		Map<String, String> form = Map.of("name", name, "quantity", quantity, "location", location);
		for (String id : List.of("new", "edited")) {
			HttpResponse<String> answer = submit(id.equals("new") ? "/inventory" : "/inventory/1", form);
			assertThat(answer.uri().getPath()).isEqualTo("/");
			assertThat(answer.body()).contains("id=\"%s-%s-error\"".formatted(id, field))
				.containsPattern(
						"<input[^>]*id=\"%1$s-%2$s\"[^>]*aria-describedby=\"%1$s-%2$s-error\"".formatted(id, field))
				.contains("value=\"yard\"".repeat(location.isEmpty() ? 0 : 1))
				.containsOnlyOnce("class=\"error\"");
		}
		assertThat(demo.get("/items").body()).isEqualTo(rows);
	}

	@Test
	void itemIsChangedInItsPlace() throws Exception {
		String path = demo.post("/items", "{\"name\":\"barrel\",\"quantity\":3,\"location\":\"cellar\"}")
			.headers()
			.firstValue("Location")
			.orElseThrow();
		String id = path.substring(path.lastIndexOf('/') + 1);
		assertThat(demo.get("/?edit=" + id).body())
			.containsPattern("<input[^>]*id=\"edited-name\"[^>]*value=\"barrel\"");
		HttpResponse<String> answer = submit("/inventory/" + id,
				Map.of("name", " keg ", "quantity", "2", "location", "yard"));
		assertThat(answer.body()).contains("Changed keg.");
		assertThat(demo.get(path).body()).contains("\"keg\"", "\"yard\"");
		assertThat(submit("/inventory/" + id + "/removal", Map.of()).body()).contains("Removed keg.");
		assertThat(submit("/inventory/" + id + "/removal", Map.of()).body()).contains("not there any more");
		assertThat(submit("/inventory/" + id, Map.of("name", "keg", "quantity", "2", "location", "yard")).body())
			.contains("not there any more");
	}

	@Test
	void whatIsTypedIsTextAndNothingElse() throws Exception {
		String name = "<script>alert('&')</script>";
		String page = submit("/inventory", Map.of("name", name, "quantity", "0", "location", name)).body();
		assertThat(page).contains("&lt;script&gt;").doesNotContain("<script");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/inventory", "/inventory/1", "/inventory/1/removal", "/snapshots",
			"/snapshots/next-start/removal" })
	void formOfAnotherSiteIsRefused(String path) throws Exception {
		String rows = demo.get("/items").body();
		List<Path> before = BackupDirectory.files(backups);
		Map<String, String> form = Map.of("name", "barrel", "quantity", "1", "location", "yard", "reason", "foreign");
		for (String site : List.of("cross-site", "same-site")) {
			assertThat(submit(path, form, "Sec-Fetch-Site", site).statusCode()).isEqualTo(403);
		}
		for (String origin : List.of("http://elsewhere.example", "http://127.0.0.1:1", "null")) {
			assertThat(submit(path, form, "Origin", origin).statusCode()).as(origin).isEqualTo(403);
		}
		assertThat(demo.get("/items").body()).isEqualTo(rows);
		assertThat(BackupDirectory.files(backups)).isEqualTo(before);
	}

	@Test
	void formOfThisSiteIsAcceptedOverPlainHttp() throws Exception {
		HttpResponse<String> answer = submit("/inventory", Map.of("name", "", "quantity", "1", "location", "yard"),
				"Origin", "http://127.0.0.1:" + demo.port());
		assertThat(answer.body()).contains("id=\"new-name-error\"");
	}

	@Test
	void noSiteShowsThePageInAFrame() throws Exception {
		assertThat(demo.get("/").headers().firstValue("Content-Security-Policy")).hasValue("frame-ancestors 'none'");
	}

	@Test
	void focusGoesToTheFirstFieldThatIsWrong() throws Exception {
		assertThat(focus(demo.get("/?edit=1").body())).containsExactly("edited-name");
		assertThat(focus(submit("/inventory/1", Map.of("name", "lantern", "quantity", "", "location", "")).body()))
			.first()
			.isEqualTo("edited-quantity");
	}

	@Test
	void itemThatIsGoneIsNotChanged() throws Exception {
		assertThat(demo.get("/?edit=4711").body()).contains("not there any more");
		assertThat(submit("/inventory/4711", Map.of("name", "", "quantity", "1", "location", "yard")).body())
			.contains("not there any more");
	}

	@Test
	void onlyWhatSomebodyAskedForIsShownAsAskedFor() throws Exception {
		for (Field constant : SnapshotReason.class.getFields()) {
			if (constant.get(null) instanceof SnapshotReason reason) {
				assertThat(Occasion.of(snapshot(reason, ZonedDateTime.now()), null).kind()).as(reason.slug())
					.isNotEqualTo(Occasion.Kind.REQUESTED);
			}
		}
		assertThat(Occasion.of(snapshot(SnapshotReason.of("flyway by hand"), ZonedDateTime.now()), null).kind())
			.isEqualTo(Occasion.Kind.REQUESTED);
	}

	@Test
	void timelineBeginsWithTheOldestSnapshotThoughOneIsStampedInTheFuture() {
		ZonedDateTime now = ZonedDateTime.now();
		List<SnapshotLine> lines = Stream.of(now.minusHours(2), now.minusHours(8), now.plusDays(1))
			.map((time) -> SnapshotLine.of(snapshot(SnapshotReason.SCHEDULE, time), null, now))
			.toList();
		assertThat(Timeline.of(lines, now).marks()).extracting(Timeline.Mark::percent)
			.containsExactly(100.0, 0.0, 75.0);
	}

	@Test
	void snapshotOfWhichTooLittleIsKnownIsNotCalledSound() {
		assertThat(SnapshotFormController.notice(new Verification.Unverifiable("no such module: spellfix1", List.of())))
			.matches(Notice::failed)
			.extracting(Notice::more)
			.asString()
			.contains("no such module: spellfix1");
		assertThat(SnapshotFormController.notice(new Verification.Sound(VerificationMode.FULL)).failed()).isFalse();
	}

	@Test
	void corruptSnapshotIsFoundWhenItIsChecked() throws Exception {
		String name = take("to be damaged");
		assertThat(condition(demo.get("/?snapshot=" + name).body(), name)).isEqualTo("sound");
		try (RandomAccessFile file = new RandomAccessFile(backups.resolve(name).toFile(), "rw")) {
			file.seek(file.length() / 2);
			file.write(new byte[4096]);
		}
		HttpResponse<String> answer = submit("/snapshots/" + name + "/check", Map.of());
		assertThat(answer.body()).contains("role=\"alert\"", "This snapshot is corrupt.");
		assertThat(condition(answer.body(), name)).isEqualTo("corrupt");
		assertThat(submit("/snapshots/unknown.db/check", Map.of()).statusCode()).isEqualTo(404);
	}

	@Test
	void snapshotWithoutManifestIsComparedAllTheSame() throws Exception {
		String name = take("to lose its manifest");
		Files.delete(backups.resolve(name + ".json"));
		String page = demo.get("/?snapshot=" + name).body();
		assertThat(condition(page, name)).isEqualTo("nothing known");
		assertThat(page).contains("to-lose-its-manifest").containsPattern("class=\"since\">same<");
	}

	@Test
	void failureIsToldWithWhatToDo() throws Exception {
		Path aside = backups.resolveSibling("aside");
		boolean moved = Files.exists(backups);
		if (moved) {
			Files.move(backups, aside);
		}
		try {
			Files.writeString(backups, "in the way");
			String page = submit("/snapshots", Map.of("reason", "impossible")).body();
			assertThat(page).contains("role=\"alert\"", backups.toString(), "cannot be written to", "cannot be read")
				.contains("lantern");
		}
		finally {
			Files.delete(backups);
			if (moved) {
				Files.move(aside, backups);
			}
		}
	}

	@Test
	void withBackupsSwitchedOffThePageSaysSo(@TempDir Path home) throws Exception {
		List<String> command = ExtractedDemo.java();
		command.add("--quartermaster.backup.enabled=false");
		try (DemoProcess without = DemoProcess.start(command, home, home.resolve("app.db"), home.resolve("backups"))) {
			assertThat(without.get("/").body()).contains("Backups are switched off", "lantern")
				.doesNotContain("Take a snapshot");
		}
	}

	private static List<String> withAccess() {
		List<String> command = ExtractedDemo.java();
		command.add("--management.endpoint.dbbackuprestore.access=unrestricted");
		command.add("--management.endpoint.dbbackupfile.access=read-only");
		command.add("--management.endpoints.web.exposure.include=dbbackup,dbbackupfile");
		return command;
	}

	private static Browser browser() throws Exception {
		Browser opened = browser;
		if (opened == null) {
			opened = Browser.open(demo);
			browser = opened;
		}
		return opened;
	}

	private static void add(Browser page, String name, String quantity, String location) throws InterruptedException {
		page.fill("new-name", name);
		page.fill("new-quantity", quantity);
		page.fill("new-location", location);
		page.submit(".item-form button");
	}

	private static void remove(Browser page, String name) throws InterruptedException {
		page.submit("button[aria-label='Remove " + name + "']");
	}

	private static List<String> items(Browser page) {
		return page.texts(".items tbody th");
	}

	private static Map<String, String> differences(Browser page) {
		List<String> tables = page.texts(".comparison tbody th");
		List<String> differences = page.texts(".comparison .since");
		return tables.stream()
			.collect(Collectors.toMap((table) -> table, (table) -> differences.get(tables.indexOf(table))));
	}

	private static String focused(Browser page) {
		return String.valueOf(page.script("const element = document.activeElement;"
				+ "return element == document.body ? '' : (element.innerText || element.id)"))
			.strip();
	}

	private static Snapshot snapshot(SnapshotReason reason, ZonedDateTime takenAt) {
		SnapshotName name = new SnapshotName("quartermaster", takenAt.toLocalDateTime(), reason);
		return new Snapshot(name, Path.of(name.toString()), takenAt, 0, false);
	}

	private static List<String> focus(String page) {
		return Pattern.compile("<input[^>]* id=\"([^\"]*)\"[^>]* autofocus")
			.matcher(page)
			.results()
			.map((field) -> field.group(1))
			.toList();
	}

	private static String condition(String page, String snapshot) {
		Matcher condition = Pattern
			.compile(Pattern.quote(snapshot) + "#snapshots.*?class=\"condition [^>]*>.*?</svg>([^<]*)<", Pattern.DOTALL)
			.matcher(page);
		assertThat(condition.find()).as(page).isTrue();
		return condition.group(1);
	}

	private String take(String reason) throws Exception {
		HttpResponse<String> answer = submit("/snapshots", Map.of("reason", reason));
		assertThat(answer.body()).contains("Snapshot taken.");
		return answer.uri().getQuery().replace("snapshot=", "");
	}

	/**
	 * Send a form like a browser does, and follow where it leads.
	 */
	private HttpResponse<String> submit(String path, Map<String, String> form, String... headers) throws Exception {
		return submit(demo, path, form, headers);
	}

	private HttpResponse<String> submit(DemoProcess demo, String path, Map<String, String> form, String... headers)
			throws Exception {
		String body = form.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + demo.port() + path))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(body));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

}
