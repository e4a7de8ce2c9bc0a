/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.FaultyProxy;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.ObjectStore;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process killed at any moment of copying snapshots elsewhere leaves nothing
 * there that looks whole and is not, and that the next one goes on.
 */
@Tag("process")
class KilledCopyingTests {

	/**
	 * The client of an object store sends parts of 5 MB.
	 */
	private static final int BYTES = 6_000_000;

	private static final int SNAPSHOTS = 2;

	@TempDir
	private Path temp;

	private Path database;

	private SqliteBackupService service;

	private List<Snapshot> snapshots;

	@BeforeEach
	void takeSnapshots() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		TestDatabase.execute(this.database, "CREATE TABLE large (content BLOB)",
				"INSERT INTO large VALUES (randomblob(" + BYTES + "))");
		this.service = BackupServices.service(this.database);
		this.snapshots = Stream.generate(() -> {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('another')");
			return BackupServices.backup(this.service, "copied").snapshot();
		}).limit(SNAPSHOTS).toList();
	}

	@Test
	void leavesNoHalfCopyAndTheNextProcessGoesOn() throws Exception {
		int kills = Campaign.scale("copying-kills", 2);
		Random random = Campaign.random(kills + " kills while copying");
		Path place = Files.createDirectory(this.temp.resolve("nas"));
		Files.createFile(place.resolve(CopyDirectory.MARKER));
		int hit = 0;
		int copied = 0;
		for (int kill = 0; kill < kills; kill++) {
			List<String> earlier = names(place);
			Process process = JavaProcess.start(Copier.class, this.database.toString(), place.toString());
			assertThat(process.getInputStream().read()).isEqualTo('.');
			long moment = random.nextLong((long) BYTES * (SNAPSHOTS - copied));
			while (process.isAlive() && bytes(place, earlier) < moment) {
				Thread.onSpinWait();
			}
			process.destroyForcibly().waitFor();
			assertWhatIsThereIsWhole(place);
			copied = recorded("file:" + place + "/").size();
			hit += (copied < SNAPSHOTS) ? 1 : 0;
			Campaign.tell("killed at %d bytes, with %d copies", moment, copied);
			if (copied == SNAPSHOTS) {
				clear(place);
				forgetCopies();
				copied = 0;
			}
		}
		Campaign.tell("%d of %d kills came before the end", hit, kills);
		Copier.main(new String[] { this.database.toString(), place.toString() });
		for (Snapshot snapshot : this.snapshots) {
			assertThat(place.resolve(snapshot.name().toString())).hasSameBinaryContentAs(snapshot.file());
			assertThat(place.resolve(snapshot.name() + ".json"))
				.hasSameBinaryContentAs(Path.of(snapshot.file() + ".json"));
		}
		assertThat(names(place)).filteredOn((name) -> name.startsWith(".")).containsExactly(CopyDirectory.MARKER);
	}

	/**
	 * Killed by the proxy before the store, which knows what has arrived: before each of
	 * the requests that a process makes, and in the middle of what it sends.
	 */
	@Test
	void leavesNoHalfCopyInObjectStoreAndTheNextProcessGoesOn() throws Exception {
		int kills = Campaign.scale("copying-kills", 2);
		Random random = Campaign.random(kills + " kills while copying to an object store");
		try (ObjectStore store = ObjectStore.start(Files.createDirectory(this.temp.resolve("store")));
				FaultyProxy proxy = FaultyProxy.start(store.port());
				ConfigurableApplicationContext client = ObjectStore.clientOf(proxy.port())) {
			copy(proxy, client, "whole/");
			assertAllIsThere(store, "whole/");
			List<String> requests = proxy.requests();
			List<Integer> before = new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
			Collections.shuffle(before, random);
			int hit = 0;
			for (int kill = 0; kill < kills; kill++) {
				String folder = kill + "/";
				forgetCopies();
				proxy.heal();
				CompletableFuture<Process> process = new CompletableFuture<>();
				String moment;
				if (kill % 2 == 0 && !before.isEmpty()) {
					int request = before.remove(0);
					moment = "before " + requests.get(request).replace("whole/", folder);
					proxy.goneFrom((any) -> proxy.requests().size() > request && kill(process));
				}
				else {
					long bytes = random.nextLong((long) BYTES * SNAPSHOTS);
					moment = "after " + bytes + " bytes";
					proxy.goneAfterAll(bytes, () -> kill(process));
				}
				process.complete(JavaProcess.start(Copier.class, this.database.toString(), location(folder),
						String.valueOf(proxy.port())));
				boolean ended = process.join().waitFor() == 0;
				Map<String, byte[]> objects = store.objects(folder);
				ObjectStoreCopiesTests.assertWholeWhereManifestIs(objects);
				assertCountsOnlyWithManifest(proxy, client, folder, objects);
				int copied = recorded(location(folder)).size();
				hit += ended ? 0 : 1;
				Campaign.tell("killed %s, with %d copies and %d objects", moment, copied, objects.size());
				copy(proxy, client, folder);
				assertAllIsThere(store, folder);
				store.deleteAll(folder);
			}
			Campaign.tell("%d of %d kills came before the end, with %d requests in all", hit, kills, requests.size());
			assertThat(hit).isPositive();
		}
	}

	private static boolean kill(CompletableFuture<Process> process) {
		process.join().destroyForcibly().onExit().join();
		return true;
	}

	private void assertCountsOnlyWithManifest(FaultyProxy proxy, ConfigurableApplicationContext client, String folder,
			Map<String, byte[]> objects) {
		proxy.heal();
		CopyPlace place = CopyPlaces.of(Map.of(location(folder), false), client::getResource).all().get(0).place();
		Map<String, CopyEntry> recorded = recorded(location(folder));
		for (Snapshot snapshot : this.snapshots) {
			String name = snapshot.name().toString();
			boolean there = objects.containsKey(name + ".json");
			String sha256 = Objects.requireNonNull(SnapshotManifests.find(snapshot.file()).orElseThrow().sha256());
			assertThat(place.has(name, snapshot.size(), sha256)).isEqualTo(there);
			assertThat(place.sha256Of(name)).isEqualTo(there ? sha256 : null);
			assertThat(there || !recorded.containsKey(name)).as("recorded without being there").isTrue();
		}
	}

	private void assertAllIsThere(ObjectStore store, String folder) throws IOException {
		Map<String, byte[]> objects = store.objects(folder);
		for (Snapshot snapshot : this.snapshots) {
			assertThat(objects.get(snapshot.name().toString())).isEqualTo(Files.readAllBytes(snapshot.file()));
			assertThat(objects.get(snapshot.name() + ".json"))
				.isEqualTo(Files.readAllBytes(Path.of(snapshot.file() + ".json")));
		}
		assertThat(recorded(location(folder))).hasSize(SNAPSHOTS);
	}

	private void copy(FaultyProxy proxy, ConfigurableApplicationContext client, String folder) {
		proxy.heal();
		Copier.copy(this.database, location(folder), client);
	}

	private static String location(String folder) {
		return "s3://" + ObjectStore.BUCKET + "/" + folder;
	}

	private Map<String, CopyEntry> recorded(String location) {
		return new CopyLedger(this.service).read().copies(location);
	}

	private void forgetCopies() throws IOException {
		Files.delete(this.service.directory().resolve(".quartermaster-copied-app.db"));
	}

	private static void assertWhatIsThereIsWhole(Path place) throws IOException {
		for (String name : names(place)) {
			Path file = place.resolve(name);
			if (name.endsWith(".db") && !name.startsWith(".")) {
				String sha256 = SnapshotManifests.find(file).orElseThrow().sha256();
				assertThat(new CopyDirectory(place).sha256Of(name)).hasValue(sha256);
			}
		}
	}

	/**
	 * Return how much is there of what was not there before.
	 */
	private static long bytes(Path place, List<String> earlier) throws IOException {
		long bytes = 0;
		for (String name : names(place)) {
			try {
				bytes += !earlier.contains(name) && (name.endsWith(".db") || name.endsWith(".partial"))
						? Files.size(place.resolve(name)) : 0;
			}
			catch (NoSuchFileException ex) {
				// It has its name now.
			}
		}
		return bytes;
	}

	private static void clear(Path place) throws IOException {
		for (String name : names(place)) {
			if (!name.equals(CopyDirectory.MARKER)) {
				Files.delete(place.resolve(name));
			}
		}
	}

	private static List<String> names(Path place) throws IOException {
		try (Stream<Path> files = Files.list(place)) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
	}

	/**
	 * Copies what is pending.
	 */
	static final class Copier {

		public static void main(String[] args) {
			ResourceLoader loader = (args.length > 2) ? ObjectStore.clientOf(Integer.parseInt(args[2]))
					: new DefaultResourceLoader();
			System.out.print('.');
			System.out.flush();
			copy(Path.of(args[0]), args[1], loader);
		}

		static void copy(Path database, String location, ResourceLoader loader) {
			SqliteBackupRegistry registry = CopiesTests.registry(Map.of("app", database), BackupServices.settings());
			Copies copies = new Copies(CopyPlaces.of(Map.of(location, false), loader::getResource), () -> registry,
					CopyWorker.PAUSES, Instant.EPOCH);
			copies.start();
			copies.stop(Duration.ofMinutes(1));
		}

	}

}
