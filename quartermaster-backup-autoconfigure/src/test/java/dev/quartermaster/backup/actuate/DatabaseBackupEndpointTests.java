/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} over HTTP, on a database that is well.
 */
class DatabaseBackupEndpointTests {

	@TempDir
	static Path directory;

	private static Path database;

	private static Path backups;

	private static EndpointApplication application;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@BeforeAll
	static void start() {
		database = TestDatabase.create(directory.resolve("stock.db"), 500);
		backups = directory.resolve("backups");
		application = EndpointApplication.on(database, "quartermaster.backup.time-zone=Asia/Kolkata");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void removeSnapshots() throws IOException {
		for (Path file : files()) {
			Files.delete(file);
		}
		for (Path manifest : BackupDirectory.manifests(backups)) {
			Files.delete(manifest);
		}
	}

	@Test
	void postCreatesSnapshot() {
		Response response = application.backup("smoke test");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<String>json("$.database")).isEqualTo("dataSource");
		assertThat(response.<String>json("$.name")).matches("stock-[0-9]{8}-[0-9]{6}-smoke-test\\.db");
		assertThat(response.<String>json("$.reason")).isEqualTo("smoke-test");
		assertThat(files()).containsExactly(backups.resolve(response.<String>json("$.name")));
	}

	@Test
	void postTellsWhenInConfiguredTimeZoneWithOffset() {
		OffsetDateTime before = OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
		Response response = application.backup("when");
		OffsetDateTime takenAt = OffsetDateTime.parse(response.json("$.takenAt"));
		assertThat(takenAt).isBetween(before, OffsetDateTime.now(ZoneOffset.UTC));
		assertThat(takenAt.getOffset()).isEqualTo(ZoneOffset.ofHoursMinutes(5, 30));
		assertThat(response.<String>json("$.name"))
			.isEqualTo("stock-" + takenAt.format(DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss")) + "-when.db");
	}

	@Test
	void postTellsSizeOfFile() throws IOException {
		Response response = application.backup("size");
		int size = response.json("$.size");
		assertThat(size).isPositive().isEqualTo((int) Files.size(snapshot(response)));
	}

	@Test
	void postTellsWhatVerificationFound() {
		Response response = application.backup("verified");
		assertThat(response.<String>json("$.verification.status")).isEqualTo("sound");
		assertThat(response.<String>json("$.verification.detail")).isEqualTo("quick_check ok");
	}

	@Test
	void postCopiesEveryRow() {
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('the last of them')");
		Response response = application.backup("rows");
		assertThat(TestDatabase.items(snapshot(response))).hasSizeGreaterThan(500)
			.isEqualTo(TestDatabase.items(database));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "{\"reason\":null}", "{\"reason\":\"\"}", "{\"reason\":\" / \"}" })
	void postWithoutUsableReasonIsManual(String body) {
		Response response = application.post(body);
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<String>json("$.reason")).isEqualTo("manual");
	}

	@Test
	void postWithPathAsReasonStaysInDirectory() {
		Response response = application.backup("../../../etc/cron.d/x");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<String>json("$.reason")).isEqualTo("etc-cron-d-x");
		assertThat(files()).containsExactly(snapshot(response));
	}

	@Test
	void postWithoutContentTypeIsUnsupportedMediaType() {
		Response response = application
			.send(application.endpoint("").POST(BodyPublishers.ofString("{\"reason\":\"smoke test\"}")));
		assertThatRefused(response, 415, "not declared as JSON", "Content-Type: application/json");
		assertThat(this.log.warnings()).singleElement()
			.satisfies(
					(warning) -> assertThat(warning.getFormattedMessage()).startsWith("Answered a request with 415:"));
		assertThat(files()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"reason\":", "reason=x", "[\"x\"]", "{\"reason\":{\"why\":\"x\"}}" })
	void postOfMalformedBodyIsBadRequest(String body) {
		assertThatRefused(application.post(body), 400, "could not be understood", "{\"reason\": \"before import\"}");
		assertThat(files()).isEmpty();
	}

	@Test
	void otherMethodIsNotAllowed() {
		Response response = application.send(application.endpoint("").DELETE());
		assertThatRefused(response, 405, "does not support this method", "Use GET or POST.");
		assertThat(response.headers().allValues("Allow").toString()).contains("GET", "POST");
	}

	@Test
	void nothingButJsonIsAcceptable() {
		assertThatRefused(application.send(application.endpoint("").header("Accept", "text/xml").GET()), 406,
				"in JSON only", "Accept");
	}

	@Test
	void answersOfOthersAreLeftToSpringBoot() {
		Response links = application.send(application.request("/actuator").DELETE());
		assertThat(links.status()).isEqualTo(405);
		assertThat(links.<String>json("$.error")).isEqualTo("Method Not Allowed");
		Response neighbour = application.send(application.request("/actuator/dbbackups").GET());
		assertThat(neighbour.status()).isEqualTo(404);
		assertThat(neighbour.<String>json("$.error")).isEqualTo("Not Found");
	}

	@Test
	void getListsNothingWithoutDirectory() throws IOException {
		FileSystemUtils.deleteRecursively(backups);
		Response response = application.get("");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"snapshots\":[]}");
		assertThat(backups).doesNotExist();
	}

	@Test
	void getListsNewestFirst() throws IOException {
		Files.createDirectories(backups);
		TestDatabase.create(backups.resolve("stock-20260103-120000-second.db"), 1);
		TestDatabase.create(backups.resolve("stock-20251231-235959-first.db"), 1);
		String third = application.backup("third").json("$.name");
		Response response = application.get("");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.<List<String>>json("$.snapshots[*].name")).containsExactly(third,
				"stock-20260103-120000-second.db", "stock-20251231-235959-first.db");
	}

	@Test
	void getListsWhatIsKnownOfEach() throws IOException {
		Files.createDirectories(backups);
		Path file = TestDatabase.create(backups.resolve("stock-20260103-120000-before-import.db"), 1);
		assertThat(application.get("").body()).isEqualTo(
				"{\"snapshots\":[{\"database\":\"dataSource\",\"name\":\"stock-20260103-120000-before-import.db\",\"reason\":\"before-import\","
						+ "\"takenAt\":\"2026-01-03T12:00:00+05:30\",\"size\":" + Files.size(file) + "}]}");
	}

	@Test
	void getOfNameTellsOne() {
		Response created = application.backup("one");
		application.backup("another");
		Response response = application.get("/" + created.json("$.name"));
		assertThat(response.status()).isEqualTo(200);
		for (String property : List.of("database", "name", "reason", "takenAt", "size")) {
			assertThat(response.<Object>json("$." + property)).isEqualTo(created.json("$." + property));
		}
	}

	@Test
	void getOfUnknownNameIsNotFound() {
		application.backup("known");
		assertThatRefused(application.get("/stock-20260103-120000-unknown.db"), 404, "no snapshot of that name", "GET");
		assertThatRefused(application.get("/a/b"), 404, "nothing at this path", "GET");
		assertThat(this.log.warnings()).as("whoever tries names is of no interest").isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, AdmittedRequests.MOST_OF_DATABASE })
	void postsAtOnceEachGetSnapshotOfTheirOwn(int times) {
		List<Response> responses = application.backupAtOnce("rush", times);
		assertThat(responses).extracting(Response::status).containsOnly(201);
		assertThat(responses).extracting((response) -> response.<String>json("$.name")).doesNotHaveDuplicates();
		assertThat(files()).hasSize(times);
		List<String> items = TestDatabase.items(database);
		assertThat(responses).allSatisfy((response) -> {
			assertThat(TestDatabase.query(snapshot(response), "PRAGMA integrity_check")).containsExactly("ok");
			assertThat(TestDatabase.items(snapshot(response))).isEqualTo(items);
		});
	}

	private static void assertThatRefused(Response response, int status, String error, String action) {
		assertThat(response.status()).as(response.body()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).contains("json"));
		assertThat(response.<Map<String, String>>json("$")).containsOnlyKeys("error", "action")
			.allSatisfy((property, sentence) -> assertThat(sentence).matches("[A-Z].+[^.]\\."))
			.hasEntrySatisfying("error", (sentence) -> assertThat(sentence).contains(error))
			.hasEntrySatisfying("action", (sentence) -> assertThat(sentence).contains(action));
	}

	private static Path snapshot(Response response) {
		return backups.resolve(response.<String>json("$.name"));
	}

	private static List<Path> files() {
		return BackupDirectory.files(backups);
	}

}
