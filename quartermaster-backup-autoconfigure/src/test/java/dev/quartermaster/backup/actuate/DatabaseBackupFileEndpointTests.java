/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.actuate.EndpointApplication.WithoutSecurity;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link DatabaseBackupFileEndpoint} over HTTP.
 */
class DatabaseBackupFileEndpointTests {

	private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

	/**
	 * What the buffers on the way hold is sent before anybody can remove the file.
	 */
	private static final int LARGER_THAN_ALL_BUFFERS = 24 * 1024 * 1024;

	/**
	 * Whoever has asked can leave before it is.
	 */
	private static final long LONG_TO_COMPUTE = 100 * 1024 * 1024;

	@TempDir
	static Path directory;

	/**
	 * What holds with either web framework.
	 */
	@ExtendWith(OutputCaptureExtension.class)
	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class WithSnapshot {

		final EndpointApplication application;

		private final Path database;

		private String name = "";

		WithSnapshot(String kind, String... properties) {
			this.database = TestDatabase.create(directory.resolve(kind + ".db"), 500);
			this.application = EndpointApplication.start(WithoutSecurity.class, TestDatabase.url(this.database),
					Stream.concat(Stream.of(EndpointApplication.FILES_EXPOSED), Stream.of(properties))
						.toArray(String[]::new));
		}

		@BeforeAll
		void takeSnapshot() {
			this.name = this.application.backup("smoke test").json("$.name");
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@ParameterizedTest
		@ValueSource(strings = { "latest", "{name}" })
		void getIsTheFileWithItsNameAndChecksum(String path, CapturedOutput output) throws Exception {
			HttpResponse<byte[]> response = fetch(this.application.file("/" + path.replace("{name}", this.name)));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo(content());
			assertThat(header(response, "ETag")).isEqualTo(tag());
			assertThat(header(response, "Content-Type")).isEqualTo("application/vnd.sqlite3");
			assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(content().length));
			assertThat(header(response, "Content-Disposition")).isEqualTo("attachment; filename=\"" + this.name + "\"");
			assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
			assertThat(header(response, "Cache-Control")).isEqualTo("no-cache, private");
			assertThat(output.getAll().lines().filter((line) -> line.contains("requested by"))).singleElement()
				.asString()
				.contains("INFO", "Snapshot " + this.name + " of the database dataSource requested by somebody unknown:"
						+ " sending all " + content().length + " bytes");
		}

		@Test
		void getOfUnchangedSnapshotSendsNothing(CapturedOutput output) throws Exception {
			HttpResponse<byte[]> response = fetch(this.application.file("/latest").header("If-None-Match", tag()));
			assertThat(response.statusCode()).isEqualTo(304);
			assertThat(response.body()).isEmpty();
			assertThat(header(response, "ETag")).isEqualTo(tag());
			assertThat(output).contains("requested by somebody unknown: unchanged, so nothing is sent");
		}

		@Test
		void getOfChangedSnapshotSendsIt() throws Exception {
			HttpResponse<byte[]> response = fetch(
					this.application.file("/latest").header("If-None-Match", "\"" + "0".repeat(64) + "\""));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo(content());
		}

		@Test
		void getOfRangeIsPart(CapturedOutput output) throws Exception {
			HttpResponse<byte[]> response = fetch(this.application.file("/latest").header("Range", "bytes=100-5099"));
			assertThat(response.statusCode()).isEqualTo(206);
			assertThat(response.body()).isEqualTo(Arrays.copyOfRange(content(), 100, 5100));
			assertThat(header(response, "Content-Range")).isEqualTo("bytes 100-5099/" + content().length);
			assertThat(header(response, "ETag")).isEqualTo(tag());
			assertThat(output).contains("sending bytes 100 to 5099 of " + content().length);
		}

		@Test
		void getContinuesSameFileOnly() throws Exception {
			HttpRequest.Builder same = this.application.file("/latest").header("Range", "bytes=100-");
			assertThat(fetch(same.copy().header("If-Range", tag())).body())
				.isEqualTo(Arrays.copyOfRange(content(), 100, content().length));
			HttpResponse<byte[]> other = fetch(same.copy().header("If-Range", "\"other\""));
			assertThat(other.statusCode()).isEqualTo(200);
			assertThat(other.body()).isEqualTo(content());
		}

		@Test
		void getOfSeveralRangesIsTheWhole() throws Exception {
			HttpResponse<byte[]> response = fetch(this.application.file("/latest").header("Range", "bytes=0-1,5-6"));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo(content());
		}

		@Test
		void getOfRangeBehindTheEndIsRefused() throws Exception {
			Response response = this.application
				.send(this.application.file("/latest").header("Range", "bytes=99999999-"));
			assertThat(response.status()).isEqualTo(416);
			assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes */" + content().length);
			assertThat(response.<String>json("$.action")).startsWith("It has " + content().length + " bytes.");
		}

		@Test
		void getOfAnotherThanIsAskedForIsRefused() {
			Response response = this.application.send(this.application.file("/latest").header("If-Match", "\"x\""));
			assertThat(response.status()).isEqualTo(412);
			assertThat(response.<Map<String, String>>json("$")).containsOnlyKeys("error", "action");
		}

		@Test
		void headTellsWhatGetWould() throws Exception {
			HttpRequest.Builder head = this.application.file("/latest").method("HEAD", BodyPublishers.noBody());
			HttpResponse<byte[]> response = fetch(head.copy().header("Range", "bytes=0-9"));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEmpty();
			assertThat(header(response, "Content-Length")).isEqualTo(String.valueOf(content().length));
			assertThat(header(response, "ETag")).isEqualTo(tag());
			assertThat(fetch(head.copy().header("If-None-Match", tag())).statusCode()).isEqualTo(304);
		}

		@Test
		void getOfUnknownSnapshotIsSentence() {
			Response response = this.application.send(this.application.file("/" + this.name.replace("smoke", "x")));
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
			assertThat(response.<Map<String, String>>json("$")).containsOnlyKeys("error", "action")
				.containsEntry("error", "There is no snapshot of that name.");
			assertThat(this.application.send(this.application.file("/latest?database=no-such")).status())
				.isEqualTo(400);
		}

		@Test
		void snapshotThatIsRemovedWhileItIsSentIsSentWhole() throws Exception {
			Path large = snapshot().resolveSibling(this.name.replace("smoke-test", "large"));
			TestDatabase.create(large, 1);
			TestDatabase.execute(large, "CREATE TABLE photo (bytes BLOB)",
					"INSERT INTO photo VALUES (randomblob(" + LARGER_THAN_ALL_BUFFERS + "))");
			byte[] expected = sha256().digest(Files.readAllBytes(large));
			HttpResponse<InputStream> response = this.application.send(this.application.file("/" + large.getFileName()),
					BodyHandlers.ofInputStream());
			MessageDigest received = sha256();
			try (InputStream body = response.body()) {
				received.update(body.readNBytes(1000));
				Files.delete(large);
				byte[] piece = new byte[8192];
				for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
					received.update(piece, 0, length);
				}
			}
			assertThat(received.digest()).isEqualTo(expected);
			assertThat(this.application.send(this.application.file("/" + large.getFileName())).status()).isEqualTo(404);
		}

		@Test
		void liveDatabaseUnderNameOfSnapshotIsNotSent() throws IOException {
			Path link = snapshot().resolveSibling(this.name.replace("smoke-test", "link"));
			Files.createLink(link, this.database);
			try {
				Response response = this.application.send(this.application.file("/" + link.getFileName()));
				assertThat(response.status()).isEqualTo(409);
				assertThat(response.<String>json("$.error")).contains("the live database " + this.database);
			}
			finally {
				Files.delete(link);
			}
		}

		@Test
		void onlyReadsAreAllowed() {
			assertThat(this.application.send(this.application.file("/latest").DELETE()).status()).isEqualTo(405);
			assertThat(this.application.send(this.application.file("/latest").POST(BodyPublishers.noBody())).status())
				.isEqualTo(405);
		}

		HttpResponse<byte[]> fetch(HttpRequest.Builder request) {
			return this.application.send(request, BodyHandlers.ofByteArray());
		}

		static String header(HttpResponse<?> response, String name) {
			return response.headers().firstValue(name).orElse("none");
		}

		private Path snapshot() {
			return directory.resolve("backups").resolve(this.name);
		}

		private byte[] content() throws IOException {
			return Files.readAllBytes(snapshot());
		}

		private String tag() throws Exception {
			return '"' + HexFormat.of().formatHex(sha256().digest(content())) + '"';
		}

		private static MessageDigest sha256() throws Exception {
			return MessageDigest.getInstance("SHA-256");
		}

	}

	@Nested
	class WithWebMvc extends WithSnapshot {

		WithWebMvc() {
			super("mvc");
			assertThat(this.application.bean(DispatcherServlet.class)).isNotNull();
		}

		@Test
		void whatIsRefusedIsSentence() {
			Response method = this.application.send(this.application.file("/latest").DELETE());
			assertThat(method.<String>json("$.action")).isEqualTo("Use GET.");
			Response path = this.application.send(this.application.file(""));
			assertThat(path.status()).isEqualTo(404);
			assertThat(path.<String>json("$.action"))
				.isEqualTo("Add the name of a snapshot, or latest for the newest.");
			Response format = this.application.send(this.application.file("/latest").header("Accept", "text/csv"));
			assertThat(format.status()).isEqualTo(406);
			assertThat(format.<String>json("$.action")).contains("application/vnd.sqlite3");
		}

	}

	@Nested
	class WithWebFlux extends WithSnapshot {

		WithWebFlux() {
			super("flux", "spring.main.web-application-type=reactive",
					"spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
							+ SECURITY + "web.reactive.ReactiveWebSecurityAutoConfiguration," + SECURITY
							+ "ReactiveUserDetailsServiceAutoConfiguration," + SECURITY
							+ "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");
			assertThat(this.application.bean(DispatcherHandler.class)).isNotNull();
		}

		/**
		 * As Netty says that somebody has left, at once. Tomcat does not until it sends.
		 */
		@Test
		void whoLeavesWhileTheChecksumIsComputedLeavesNothingOpen(CapturedOutput output) throws Exception {
			Path large = directory.resolve("backups").resolve("flux-20260101-120000-left.db");
			try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
				file.setLength(LONG_TO_COMPUTE);
			}
			Disposable asking = this.application.bean(DispatcherHandler.class)
				.handle(MockServerWebExchange
					.from(MockServerHttpRequest.get("/actuator/dbbackupfile/" + large.getFileName())))
				.subscribe();
			await().until(() -> isOpen(large));
			asking.dispose();
			await().until(() -> !isOpen(large));
			await()
				.until(() -> output.getAll().contains(large + " was not read to its end, since whoever asked for it"));
			Files.delete(large);
		}

		private static boolean isOpen(Path file) throws IOException {
			try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
				for (Path descriptor : descriptors) {
					try {
						if (Files.isSameFile(descriptor, file)) {
							return true;
						}
					}
					catch (NoSuchFileException ex) {
						// It was closed meanwhile, or is of what was removed.
					}
				}
			}
			return false;
		}

	}

	/**
	 * Where it is on another port than the application, which has a context of its own,
	 * and where there is nothing yet.
	 */
	@Test
	void isWhereTheOtherEndpointsAre() {
		Path database = TestDatabase.create(directory.resolve("elsewhere.db"), 3);
		try (EndpointApplication application = EndpointApplication.start(WithoutSecurity.class,
				TestDatabase.url(database),
				Stream
					.concat(Stream.of(EndpointApplication.FILES_EXPOSED),
							Stream.of("management.server.port=0", "management.server.base-path=/m",
									"management.endpoints.web.path-mapping.dbbackupfile=copies"))
					.toArray(String[]::new))) {
			Response none = application.send(application.request("/m/actuator/copies/latest"));
			assertThat(none.status()).isEqualTo(404);
			assertThat(none.<String>json("$.error")).isEqualTo("There is no snapshot yet.");
			application.send(application.request("/m/actuator/dbbackup")
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{}")));
			Response found = application.send(application.request("/m/actuator/copies/latest"));
			assertThat(found.status()).isEqualTo(200);
			assertThat(found.headers().firstValue("ETag")).isPresent();
			assertThat(application.send(application.request("/m/actuator/copies")).<String>json("$.action"))
				.isEqualTo("Add the name of a snapshot, or latest for the newest.");
			String links = Objects.requireNonNull(application.send(application.request("/m/actuator"))
				.<String>json("$._links.dbbackupfile-name.href"));
			assertThat(links).endsWith("/m/actuator/copies/{name}");
		}
	}

	@Test
	void getOfLatestOfSeveralDatabasesNeedsItsName() throws IOException {
		Path home = Files.createDirectory(directory.resolve("several"));
		for (String name : new String[] { "a", "b" }) {
			Path database = Files.createDirectories(home.resolve(name)).resolve("app.db");
			TestDatabase.create(database, 1);
			TestDatabase.create(Files.createDirectory(home.resolve(name).resolve("backups"))
				.resolve("app-20260101-120000-" + name + ".db"), name.equals("a") ? 1 : 900);
		}
		try (EndpointApplication application = EndpointApplication.start(TwoDatabasesConfiguration.class, "unused",
				Stream.concat(Stream.of(EndpointApplication.FILES_EXPOSED), Stream.of("test.directory=" + home))
					.toArray(String[]::new))) {
			Response response = application.send(application.file("/latest"));
			assertThat(response.status()).isEqualTo(409);
			assertThat(response.<String>json("$.error"))
				.isEqualTo("There are several databases, which have a newest snapshot each: tasks, users.");
			assertThat(response.<String>json("$.action"))
				.isEqualTo("Add the database that is meant, as in ?database=tasks.");
			assertThat(application.send(application.file("/latest?database=users"), BodyHandlers.ofByteArray()).body())
				.isEqualTo(Files.readAllBytes(home.resolve("b/backups/app-20260101-120000-b.db")));
			assertThat(
					application.send(application.file("/app-20260101-120000-a.db"), BodyHandlers.ofByteArray()).body())
				.isEqualTo(Files.readAllBytes(home.resolve("a/backups/app-20260101-120000-a.db")));
			assertThat(application.send(application.file("/app-20260101-120000-a.db?database=users")).status())
				.isEqualTo(404);
		}
	}

}
