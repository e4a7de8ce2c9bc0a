/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * The demo as a user has it: the executable jar, started on the database of an earlier
 * version, asked over HTTP and killed.
 */
class DemoApplicationIT {

	private static final String ROWS = "SELECT item.id, item.name, quantity, location.name"
			+ " FROM item JOIN location ON location.id = location_id ORDER BY item.id";

	private static final String VERSION = "SELECT max(version) FROM flyway_schema_history";

	private static final int WRITERS = 3;

	@TempDir
	static Path directory;

	private static Path database;

	private static Path backups;

	private static List<String> rowsBefore;

	private static DemoProcess demo;

	@BeforeAll
	static void boot() throws Exception {
		database = Files.copy(ExtractedDemo.earlierDatabase(), directory.resolve("inventory.db"));
		rowsBefore = SqliteShell.query(database, ROWS);
		backups = directory.resolve("snapshots");
		demo = DemoProcess.start(directory, database, backups);
	}

	@AfterAll
	static void kill() {
		demo.close();
	}

	@Test
	void bootBacksUpBeforeItMigrates() throws Exception {
		List<Path> snapshots = BackupDirectory.files(backups)
			.stream()
			.filter((file) -> file.getFileName().toString().matches("inventory-[0-9]{8}-[0-9]{6}-flyway\\.db"))
			.toList();
		assertThat(snapshots).hasSize(1);
		Path snapshot = snapshots.get(0);
		assertThat(demo.log()).contains("Backed up " + database + " to " + snapshot)
			.doesNotContain(" WARN ", " ERROR ");
		assertThat(rowsBefore).isNotEmpty();
		assertThat(SqliteShell.query(snapshot, ROWS)).isEqualTo(rowsBefore);
		assertThat(SqliteShell.query(snapshot, "PRAGMA integrity_check")).containsExactly("ok");
		assertThat(SqliteShell.query(snapshot, VERSION)).containsExactly("2");
		assertThat(SqliteShell.query(database, VERSION)).containsExactly("4");
		assertThat(SqliteShell.query(database, ROWS)).containsAll(rowsBefore);
	}

	@Test
	void databaseIsWhereTheEnvironmentSays() {
		assertThat(database).isNotEmptyFile();
		assertThat(directory.resolve("quartermaster.db")).doesNotExist();
	}

	@Test
	void snapshotsAreNeitherSentNorRestoredUnlessSomebodyIsGivenAccess() throws Exception {
		assertThat(demo.get("/actuator/dbbackup").statusCode()).isEqualTo(200);
		assertThat(demo.get("/actuator/dbbackupfile/latest").statusCode()).isEqualTo(404);
		assertThat(demo.get("/actuator/dbbackuprestore").statusCode()).isEqualTo(404);
		assertThat(demo.get("/actuator").body()).doesNotContain("dbbackupfile", "dbbackuprestore");
		assertThat(demo.get("/").body()).doesNotContain("next start");
		assertThat(demo.send("POST", "/snapshots/x/next-start", null).statusCode()).isEqualTo(404);
		assertThat(demo.send("POST", "/snapshots/next-start/removal", null).statusCode()).isEqualTo(404);
	}

	@Test
	void smokeTestWhileItemsComeInIsWhole() throws Exception {
		AtomicBoolean stopped = new AtomicBoolean();
		CountDownLatch allWrite = new CountDownLatch(WRITERS);
		List<CompletableFuture<Integer>> writers = IntStream.range(0, WRITERS)
			.mapToObj((number) -> CompletableFuture.supplyAsync(() -> addItems("writer " + number, allWrite, stopped),
					(task) -> new Thread(task).start()))
			.toList();
		HttpResponse<String> response;
		try {
			assertThat(allWrite.await(60, TimeUnit.SECONDS)).isTrue();
			response = demo.post("/actuator/dbbackup", "{\"reason\":\"smoke test\"}");
		}
		finally {
			stopped.set(true);
		}
		int added = writers.stream().mapToInt(CompletableFuture::join).sum();
		assertThat(response.statusCode()).isEqualTo(201);
		String name = JsonPath.read(response.body(), "$.name");
		assertThat(name).matches("inventory-[0-9]{8}-[0-9]{6}-smoke-test\\.db");
		Path snapshot = backups.resolve(name);
		assertThat(SqliteShell.query(snapshot, "PRAGMA integrity_check")).containsExactly("ok");
		String written = ROWS.replace("ORDER BY", "WHERE item.name LIKE 'writer %' ORDER BY");
		List<String> live = SqliteShell.query(database, written);
		List<String> copied = SqliteShell.query(snapshot, written);
		assertThat(live).hasSize(added);
		assertThat(copied).hasSizeBetween(WRITERS, added).isEqualTo(live.subList(0, copied.size()));
	}

	@Test
	void itemsCanBeListed() throws Exception {
		HttpResponse<String> response = demo.get("/items");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(JsonPath.<List<String>>read(response.body(), "$[*].name")).contains("hammer", "lantern",
				"rope, 20 m");
	}

	@Test
	void itemCanBeAddedChangedAndRemoved() throws Exception {
		HttpResponse<String> added = demo.post("/items", item("barrel", 3, "cellar"));
		assertThat(added.statusCode()).isEqualTo(201);
		String path = added.headers().firstValue("Location").orElseThrow();
		assertThat(demo.get(path).body()).isEqualTo(added.body());
		assertThat(demo.send("PUT", path, item("barrel", 2, "yard")).statusCode()).isEqualTo(200);
		assertThat(JsonPath.<Map<String, Object>>read(demo.get(path).body(), "$")).containsEntry("name", "barrel")
			.containsEntry("quantity", 2)
			.containsEntry("location", "yard");
		assertThat(demo.send("DELETE", path, null).statusCode()).isEqualTo(204);
		assertThat(demo.get(path).statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"name\":\"\",\"quantity\":1,\"location\":\"yard\"}",
			"{\"name\":\"barrel\",\"quantity\":-1,\"location\":\"yard\"}",
			"{\"name\":\"barrel\",\"quantity\":1,\"location\":\" \"}", "barrel" })
	void itemThatIsNoneIsBadRequest(String json) throws Exception {
		assertThat(demo.post("/items", json).statusCode()).isEqualTo(400);
		assertThat(demo.send("PUT", "/items/1", json).statusCode()).isEqualTo(400);
	}

	@Test
	void unknownItemIsNotFound() throws Exception {
		assertThat(demo.get("/items/999999").statusCode()).isEqualTo(404);
		assertThat(demo.send("PUT", "/items/999999", item("barrel", 1, "yard")).statusCode()).isEqualTo(404);
		assertThat(demo.send("DELETE", "/items/999999", null).statusCode()).isEqualTo(404);
	}

	@Test
	void exposesFewEndpoints() throws Exception {
		Map<String, Object> links = JsonPath.read(demo.get("/actuator").body(), "$._links");
		assertThat(links.keySet().stream().map((link) -> link.replaceFirst("-.*", "")).distinct())
			.containsExactlyInAnyOrder("self", "health", "info", "metrics", "prometheus", "dbbackup");
	}

	@Test
	void listensOnLoopbackOnly() throws Exception {
		List<InetAddress> others = new ArrayList<>();
		// Also this machine, but answered only by who listens on all addresses.
		others.add(InetAddress.getByName("127.0.0.2"));
		NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> address instanceof Inet4Address && !address.isLoopbackAddress())
			.forEach(others::add);
		int port = demo.port();
		for (InetAddress address : others) {
			assertThatIOException().as(address.toString()).isThrownBy(() -> connect(address, port));
		}
		connect(InetAddress.getByName("127.0.0.1"), port);
	}

	private static void connect(InetAddress address, int port) throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(address, port), 1000);
		}
	}

	/**
	 * Add items until told to stop.
	 * @return how many
	 */
	private static int addItems(String name, CountDownLatch begun, AtomicBoolean stopped) {
		int count = 0;
		try {
			while (!stopped.get()) {
				HttpResponse<String> response = demo.post("/items", item(name + " item " + count, count, name));
				assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
				if (++count == 1) {
					begun.countDown();
				}
			}
			return count;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String item(String name, int quantity, String location) {
		return "{\"name\":\"%s\",\"quantity\":%d,\"location\":\"%s\"}".formatted(name, quantity, location);
	}

}
