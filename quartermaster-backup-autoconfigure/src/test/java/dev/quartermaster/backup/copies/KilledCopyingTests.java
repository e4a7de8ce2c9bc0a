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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process killed at any moment of copying snapshots elsewhere leaves nothing
 * there that looks whole and is not, and that the next one goes on.
 */
@Tag("process")
class KilledCopyingTests {

	private static final int BYTES = 9_000_000;

	private static final int SNAPSHOTS = 3;

	@TempDir
	private Path temp;

	@Test
	void leavesNoHalfCopyAndTheNextProcessGoesOn() throws Exception {
		int kills = Campaign.scale("copying-kills", 2);
		Random random = Campaign.random(kills + " kills while copying");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		TestDatabase.execute(database, "CREATE TABLE large (content BLOB)",
				"INSERT INTO large VALUES (randomblob(" + BYTES + "))");
		SqliteBackupService service = BackupServices.service(database);
		List<Snapshot> snapshots = Stream.generate(() -> {
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('another')");
			return BackupServices.backup(service, "copied").snapshot();
		}).limit(SNAPSHOTS).toList();
		Path place = Files.createDirectory(this.temp.resolve("nas"));
		Files.createFile(place.resolve(CopyDirectory.MARKER));
		int hit = 0;
		for (int kill = 0; kill < kills; kill++) {
			Process process = JavaProcess.start(Copier.class, database.toString(), place.toString());
			assertThat(process.getInputStream().read()).isEqualTo('.');
			long moment = random.nextLong((long) BYTES * SNAPSHOTS);
			while (process.isAlive() && bytes(place) < moment) {
				Thread.onSpinWait();
			}
			process.destroyForcibly().waitFor();
			assertWhatIsThereIsWhole(place);
			int copied = new CopyLedger(service).read().copies("file:" + place + "/").size();
			hit += (copied < SNAPSHOTS) ? 1 : 0;
			Campaign.tell("killed at %d bytes, with %d copies", moment, copied);
			if (copied == SNAPSHOTS) {
				clear(place);
				Files.delete(service.directory().resolve(".quartermaster-copied-app.db"));
			}
		}
		Campaign.tell("%d of %d kills came before the end", hit, kills);
		Copier.main(new String[] { database.toString(), place.toString() });
		for (Snapshot snapshot : snapshots) {
			assertThat(place.resolve(snapshot.name().toString())).hasSameBinaryContentAs(snapshot.file());
			assertThat(place.resolve(snapshot.name() + ".json"))
				.hasSameBinaryContentAs(Path.of(snapshot.file() + ".json"));
		}
		assertThat(names(place)).filteredOn((name) -> name.startsWith(".")).containsExactly(CopyDirectory.MARKER);
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

	private static long bytes(Path place) throws IOException {
		long bytes = 0;
		for (String name : names(place)) {
			try {
				bytes += name.endsWith(".db") || name.endsWith(".partial") ? Files.size(place.resolve(name)) : 0;
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
			SqliteBackupRegistry registry = CopiesTests.registry(Map.of("app", Path.of(args[0])),
					BackupServices.settings());
			Copies copies = new Copies(CopyPlaces.of(Map.of(args[1], false), new DefaultResourceLoader()::getResource),
					() -> registry, CopyWorker.PAUSES, Instant.EPOCH);
			System.out.print('.');
			System.out.flush();
			copies.start();
			copies.stop(Duration.ofMinutes(1));
		}

	}

}
