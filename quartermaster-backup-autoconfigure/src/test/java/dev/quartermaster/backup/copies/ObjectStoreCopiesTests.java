/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.FaultyProxy;
import dev.quartermaster.backup.support.ObjectStore;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.WritableResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Copies} in a real object store, which is one process for all of them.
 */
class ObjectStoreCopiesTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * The client sends parts of 5 MB.
	 */
	private static final int BYTES = 6_000_000;

	@TempDir
	private static Path shared;

	private static ObjectStore store;

	private static FaultyProxy proxy;

	private static ConfigurableApplicationContext client;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@TempDir
	private Path temp;

	private final String folder = UUID.randomUUID() + "/";

	private final Instant begun = Instant.now().minusSeconds(1);

	private Path database;

	private SqliteBackupRegistry registry;

	private SqliteBackupService service;

	@BeforeAll
	static void start() {
		store = ObjectStore.start(shared);
		proxy = FaultyProxy.start(store.port());
		client = ObjectStore.clientOf(proxy.port());
	}

	@AfterAll
	static void stop() {
		client.close();
		proxy.close();
		store.close();
	}

	@BeforeEach
	void create() {
		proxy.heal();
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.registry = CopiesTests.registry(Map.of("app", this.database), BackupServices.settings());
		this.service = this.registry.named("app");
	}

	@Test
	void snapshotIsCopiedBeforeItsManifest() throws Exception {
		Snapshot snapshot = large("one");
		copy();
		assertCopied(snapshot);
		assertThat(this.log.warnings()).isEmpty();
		List<String> sent = proxy.requests().stream().filter((request) -> request.matches("(?:PUT|POST) .*")).toList();
		assertThat(sent).last().asString().endsWith(snapshot.name() + ".json");
		assertThat(sent).filteredOn((request) -> request.contains(snapshot.name() + "?"))
			.as("in parts, which need no memory for the whole")
			.hasSizeGreaterThan(3);
	}

	@Test
	void contentThatIsThereIsNotSentAgain() throws Exception {
		Snapshot first = take("one");
		copy();
		Snapshot second = take("two");
		Files.delete(this.service.directory().resolve(".quartermaster-copied-app.db"));
		proxy.heal();
		copy();
		copy();
		assertThat(proxy.requests()).filteredOn((request) -> request.startsWith("PUT"))
			.allMatch((request) -> request.endsWith(".quartermaster-trial")
					|| request.contains(second.name().toString()));
		assertThat(ledger().copiesOf(second.name().toString())).hasSize(1);
		proxy.heal();
		Snapshot third = take("three");
		copy();
		assertThat(proxy.requests()).filteredOn((request) -> request.startsWith("PUT"))
			.allMatch((request) -> request.endsWith(".quartermaster-trial"));
		assertThat(ledger().copiesOf(third.name().toString())).singleElement()
			.satisfies((copy) -> assertThat(copy.key()).isIn(first.name().toString(), second.name().toString()));
	}

	@Test
	void everythingIsThereOnceServerThatWasAwayAtTheStartIsBack() throws Exception {
		proxy.goneFrom((request) -> true);
		Snapshot first = take("one");
		Copies copies = copies(location(), Duration.ofMillis(100));
		copies.start();
		await().atMost(PATIENCE).until(() -> !this.log.warnings().isEmpty());
		proxy.heal();
		await().atMost(PATIENCE).until(() -> !ledger().copiesOf(first.name().toString()).isEmpty());
		copies.stop(PATIENCE);
		assertCopied(first);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("NO COPY elsewhere",
					"cannot be used for copies of snapshots", "whether it can be reached from here"));
	}

	@Test
	void noHalfCopyCountsWhateverRequestTheServerIsGoneFrom() throws Exception {
		Snapshot snapshot = large("one");
		int phases = 0;
		for (boolean whole = false; !whole; phases++) {
			int phase = phases;
			proxy.heal();
			proxy.goneFrom((request) -> proxy.requests().size() > phase);
			copy();
			whole = !ledger().copiesOf(snapshot.name().toString()).isEmpty();
			assertNoHalfCopyCounts(whole);
			if (phases % 4 == 3) {
				// What was begun is of no use to the next attempt, which comes further.
				store.objects(this.folder).keySet().forEach(this::delete);
			}
		}
		assertThat(phases).isGreaterThan(8);
		assertCopied(snapshot);
	}

	@Test
	void noHalfCopyCountsWhenConnectionsEndInTheMiddle() throws Exception {
		Snapshot snapshot = large("one");
		for (long bytes : new long[] { 50_000, 3_000_000, 5_000_000 }) {
			proxy.heal();
			proxy.goneAfter(bytes);
			copy();
			assertNoHalfCopyCounts(false);
		}
		proxy.heal();
		copy();
		assertCopied(snapshot);
	}

	@ParameterizedTest
	@CsvSource({ "403 Forbidden, SignatureDoesNotMatch, Check the credentials",
			"507 Insufficient Storage, InsufficientStorage, Make room there",
			"403 Forbidden, QuotaExceeded, Make room there" })
	void refusalIsSaidAndEverythingIsThereOnceItIsTakenBack(String status, String code, String action)
			throws Exception {
		proxy.refuse(status, code);
		Snapshot snapshot = take("one");
		copy();
		assertThat(store.objects(this.folder)).isEmpty();
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("NO COPY elsewhere", code, action)
				.doesNotContain("SecretOfTheBucket"));
		proxy.heal();
		copy();
		assertCopied(snapshot);
	}

	@Test
	void placeThatCannotBeWrittenToIsKnownBeforeThereIsAnythingToCopy() {
		proxy.refuse("403 Forbidden", "SignatureDoesNotMatch");
		Copies copies = copies(location(), Duration.ofHours(1));
		copies.start();
		copies.stop(PATIENCE);
		assertThat(copies.usable()).containsValue(false);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("NO COPY elsewhere"));
	}

	@Test
	void damagedSnapshotLeavesNoObjectAndIsNotSentAgainAndAgain() throws Exception {
		Snapshot snapshot = take("one");
		TestDatabase.overwrite(snapshot.file(), 5000, (byte) 42);
		Copies copies = copies(location(), Duration.ofHours(1));
		copies.start();
		await().atMost(PATIENCE).until(() -> !this.log.warnings().isEmpty());
		proxy.heal();
		copies.stop(PATIENCE);
		assertThat(store.objects(this.folder).keySet()).containsExactly(".quartermaster-trial");
		assertThat(proxy.requests()).noneMatch((request) -> request.matches("(?:PUT|POST) .*"));
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("no longer what its manifest says"));
	}

	@Test
	void missingBucketIsSaid() {
		take("one");
		copy("s3://missing/app/");
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("s3://missing/app/")
				.containsIgnoringCase("bucket")
				.contains("Create the bucket"));
	}

	@Test
	void withoutTheLibraryItIsSaidWhichOneIsMissing() {
		take("one");
		Copies copies = new Copies(CopyPlaces.of(Map.of(location(), false), new DefaultResourceLoader()::getResource),
				() -> this.registry);
		copies.start();
		copies.stop(PATIENCE);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage())
				.contains("Nothing in this application can write to", "spring-cloud-aws-starter-s3"));
	}

	@Test
	void stopDoesNotWaitForSlowServerAndTheNextStartGoesOn() throws Exception {
		Snapshot snapshot = large("one");
		proxy.slow(200);
		Copies copies = copies(location(), Duration.ofHours(1));
		copies.start();
		await().atMost(PATIENCE)
			.until(() -> proxy.requests()
				.stream()
				.anyMatch((request) -> request.contains(snapshot.name() + "?partNumber=1")));
		copies.stop(Duration.ofMillis(1));
		assertNoHalfCopyCounts(false);
		assertThat(this.log.warnings()).isEmpty();
		proxy.heal();
		copy();
		assertCopied(snapshot);
	}

	@Test
	void copyThatIsNotWhatWasSentDoesNotCount() throws Exception {
		Snapshot snapshot = take("one");
		Copies copies = new Copies(
				CopyPlaces.of(Map.of(location(), false), (location) -> location.endsWith(".db")
						? new Altering((WritableResource) client.getResource(location)) : client.getResource(location)),
				() -> this.registry, List.of(Duration.ofHours(1)), this.begun);
		copies.start();
		copies.stop(PATIENCE);
		assertThat(store.objects(this.folder)).containsKey(snapshot.name().toString())
			.doesNotContainKey(snapshot.name() + ".json");
		assertNoHalfCopyCounts(false);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("another SHA-256"));
		copy();
		assertCopied(snapshot);
	}

	@Test
	void copyThatWasRemovedIsMadeAgain() throws Exception {
		Snapshot snapshot = take("one");
		copy();
		store.delete(this.folder + snapshot.name());
		copy();
		assertCopied(snapshot);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("is not there any more"));
	}

	@Test
	void wholeObjectWithoutManifestGetsOneAndIsNotSentAgain() throws Exception {
		Snapshot whole = take("one");
		store.put(this.folder + whole.name(), Files.readAllBytes(whole.file()));
		copy();
		assertCopied(whole);
		assertThat(proxy.requests()).filteredOn((request) -> request.startsWith("PUT"))
			.noneMatch((request) -> request.endsWith(".db"));
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('another')");
		Snapshot altered = take("two");
		byte[] content = Files.readAllBytes(altered.file());
		content[content.length - 1]++;
		store.put(this.folder + altered.name(), content);
		copy();
		assertCopied(altered);
	}

	@Test
	void anotherObjectWithManifestOfTheNameIsLeft() throws Exception {
		Snapshot first = take("one");
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('another')");
		Snapshot second = take("two");
		byte[] foreign = Files.readAllBytes(Path.of(first.file() + ".json"));
		store.put(this.folder + second.name() + ".json", foreign);
		copy();
		assertThat(store.objects(this.folder).get(second.name() + ".json")).isEqualTo(foreign);
		assertThat(store.objects(this.folder)).doesNotContainKey(second.name().toString());
		assertThat(ledger().copiesOf(first.name().toString())).hasSize(1);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("a place of its own"));
	}

	private void assertCopied(Snapshot snapshot) throws IOException {
		Map<String, byte[]> objects = store.objects(this.folder);
		assertThat(objects.get(snapshot.name().toString())).isEqualTo(Files.readAllBytes(snapshot.file()));
		assertThat(objects.get(snapshot.name() + ".json"))
			.isEqualTo(Files.readAllBytes(Path.of(snapshot.file() + ".json")));
		assertThat(ledger().copiesOf(snapshot.name().toString())).hasSize(1);
	}

	private void assertNoHalfCopyCounts(boolean copied) throws Exception {
		assertWholeWhereManifestIs(store.objects(this.folder));
		assertThat(copied)
			.isEqualTo(ledger().entries().stream().anyMatch((entry) -> entry.kind() == CopyEntry.Kind.COPIED));
	}

	static void assertWholeWhereManifestIs(Map<String, byte[]> objects) throws Exception {
		for (String name : objects.keySet()) {
			if (name.endsWith(".json")) {
				byte[] copy = objects.get(name.substring(0, name.length() - 5));
				try (SnapshotManifests manifests = new SnapshotManifests()) {
					SnapshotManifest manifest = manifests.read(new String(objects.get(name))).orElseThrow();
					assertThat(copy).isNotNull().hasSize((int) manifest.bytes());
					assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(copy)))
						.isEqualTo(manifest.sha256());
				}
			}
		}
	}

	private void delete(String name) {
		try {
			store.delete(this.folder + name);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void copy() {
		copy(location());
	}

	private void copy(String location) {
		Copies copies = copies(location, Duration.ofHours(1));
		copies.start();
		copies.stop(PATIENCE);
	}

	private Copies copies(String location, Duration pause) {
		return new Copies(CopyPlaces.of(Map.of(location, false), client::getResource), () -> this.registry,
				List.of(pause), this.begun);
	}

	private String location() {
		return "s3://" + ObjectStore.BUCKET + "/" + this.folder;
	}

	private Snapshot large(String reason) {
		TestDatabase.execute(this.database, "CREATE TABLE large (content BLOB)",
				"INSERT INTO large VALUES (zeroblob(" + BYTES + "))");
		return take(reason);
	}

	private Snapshot take(String reason) {
		return BackupServices.backup(this.service, reason).snapshot();
	}

	private CopyEntries ledger() {
		return new CopyLedger(this.service).read();
	}

	/**
	 * A resource that keeps something else than what it is given.
	 */
	private static final class Altering extends AbstractResource implements WritableResource {

		private final WritableResource resource;

		Altering(WritableResource resource) {
			this.resource = resource;
		}

		@Override
		public OutputStream getOutputStream() throws IOException {
			return new FilterOutputStream(this.resource.getOutputStream()) {

				@Override
				public void write(byte[] bytes, int offset, int length) throws IOException {
					byte[] altered = Arrays.copyOfRange(bytes, offset, offset + length);
					altered[length - 1]++;
					this.out.write(altered, 0, length);
				}

			};
		}

		@Override
		public InputStream getInputStream() throws IOException {
			return this.resource.getInputStream();
		}

		@Override
		public boolean exists() {
			return this.resource.exists();
		}

		@Override
		public long contentLength() throws IOException {
			return this.resource.contentLength();
		}

		@Override
		public String getDescription() {
			return this.resource.getDescription();
		}

	}

}
