/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.SettableClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a snapshot gets a manifest which says what is so.
 */
class ManifestOfBackupTests {

	private static final Instant NOW = Instant.parse("2026-10-25T00:30:00Z");

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void saysWhatIsSo(String journalMode) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3, "page_size = 1024",
				"journal_mode = " + journalMode);
		TestDatabase.execute(database, "CREATE VIRTUAL TABLE note USING fts5(text)");
		Snapshot snapshot = snapshot(
				service(database, UnaryOperator.identity()).backup(" Before \"import\" of caf\u00e9s "));
		SnapshotManifest manifest = SnapshotManifests.find(snapshot).orElseThrow();
		assertThat(manifest.reason()).isEqualTo("Before \"import\" of caf\u00e9s");
		assertThat(manifest.database()).isEqualTo(new SnapshotManifest.Database("app", database.toString()));
		assertThat(manifest.takenAt()).isEqualTo(OffsetDateTime.parse("2026-10-25T02:30:00+02:00"));
		assertThat(manifest.application()).isEqualTo(new ApplicationRelease("shop", "2.3.0"));
		assertThat(manifest.schema()).isEqualTo(new SnapshotManifest.Schema(null, null, null, List.of()));
		assertThat(manifest.sqlite()).matches("3\\.\\d+\\.\\d+");
		assertThat(manifest.journalMode()).isEqualToIgnoringCase(journalMode);
		assertThat(manifest.pageSize()).isEqualTo(1024);
		assertThat(manifest.bytes()).isEqualTo(Files.size(snapshot.file())).isEqualTo(manifest.pages() * 1024);
		assertThat(manifest.sha256()).isEqualTo(sha256(snapshot.file()));
		assertThat(manifest.rows()).containsEntry("item", 3L).containsEntry("note", 0L);
		assertThat(manifest.verification())
			.isEqualTo(new SnapshotManifest.Check(VerificationMode.QUICK, "sound", "quick_check ok"));
		assertThat(manifest.isSound()).isTrue();
		assertThat(manifest.durations().whole()).isGreaterThanOrEqualTo(manifest.durations().copy());
		assertThat(manifest.corruptSeenAt()).isNull();
	}

	@Test
	void tellsTheTimeInTheNameHoweverLongTheCopyTook() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		SettableClock clock = new SettableClock(Instant.parse("2026-04-17T11:57:19Z"));
		BackupListener slow = new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				clock.advance(Duration.ofMinutes(3));
			}

		};
		Snapshot snapshot = snapshot(new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(database), BackupServices.settings(), slow).withClock(clock),
				List::of)
			.backup("x"));
		assertThat(clock.instant()).isAfter(snapshot.takenAt().toInstant());
		assertThat(SnapshotManifests.find(snapshot).orElseThrow().takenAt())
			.isEqualTo(snapshot.takenAt().toOffsetDateTime());
	}

	@Test
	void ofLargeDatabaseSaysTheSame() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), 4, "WAL");
		Snapshot snapshot = snapshot(BackupServices.service(database).backup("x"));
		SnapshotManifest manifest = SnapshotManifests.find(snapshot).orElseThrow();
		assertThat(manifest.sha256()).isEqualTo(sha256(snapshot.file()));
		assertThat(manifest.rows()).isNotEmpty()
			.allSatisfy((table,
					rows) -> assertThat(
							TestDatabase.query(snapshot.file(), "SELECT count(*) FROM " + SqlText.identifier(table)))
						.containsExactly(rows.toString()));
	}

	@Test
	void ofUncheckedSnapshotHasNoChecksum() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		BackupSettings settings = BackupServices.settings(null, VerificationMode.NONE);
		SnapshotManifest manifest = SnapshotManifests
			.find(snapshot(BackupServices.service(SqliteDatabase.of(database), settings).backup("x")))
			.orElseThrow();
		assertThat(manifest.sha256()).isNull();
		assertThat(manifest.rows()).isEmpty();
		assertThat(manifest.isSound()).isFalse();
	}

	@Test
	void saysReasonInFullHoweverOddItIs() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		for (String words : List.of("a\u0000b\n\u0007", "\ud83d\udca1".repeat(5000), "\"}, {\"", "caf\u00e9")) {
			SnapshotManifest manifest = SnapshotManifests.find(snapshot(BackupServices.service(database).backup(words)))
				.orElseThrow();
			assertThat(words).startsWith(manifest.reason());
			assertThat(manifest.reason().codePointCount(0, manifest.reason().length()))
				.isEqualTo(Math.min(4000, words.codePointCount(0, words.length())));
		}
		assertThat(
				SnapshotManifests.find(snapshot(BackupServices.service(database).backup(null))).orElseThrow().reason())
			.isEqualTo("manual");
	}

	@Test
	void hasNoMoreTablesThanCanBeReadAgain() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		StringBuilder tables = new StringBuilder();
		for (int i = 0; i < 700; i++) {
			tables.append("CREATE TABLE \"").append("t".repeat(100)).append(i).append("\" (x);");
		}
		TestDatabase.execute(database, tables.toString().split(";"));
		SnapshotManifest manifest = SnapshotManifests.find(snapshot(BackupServices.service(database).backup("x")))
			.orElseThrow();
		assertThat(manifest.rows()).isEmpty();
		assertThat(manifest.sha256()).isNotNull();
	}

	@Test
	void saysWhatWasPendingAsFarAsItCanBeReadAgain() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		List<String> pending = IntStream.rangeClosed(1, 60).mapToObj((i) -> i + " " + "x".repeat(i * 10)).toList();
		Snapshot snapshot = snapshot(BackupServices.service(database).backupIfChanged(SnapshotReason.FLYWAY, pending));
		List<String> said = SnapshotManifests.find(snapshot).orElseThrow().schema().pending();
		assertThat(said).hasSize(51).startsWith("1 xxxxxxxxxx").endsWith("and 10 more");
		assertThat(said).allSatisfy((name) -> assertThat(name).hasSizeLessThanOrEqualTo(200));
		assertThat(BackupPurpose.of(SnapshotReason.FLYWAY, pending.subList(0, 50)).pending())
			.isEqualTo(said.subList(0, 50));
	}

	@Test
	void twoNamesOfOneContentHaveOneEach() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		SqliteBackupService service = BackupServices.service(database);
		Snapshot first = snapshot(service.backup("first reason"));
		Snapshot second = snapshot(service.backup("second reason"));
		assertThat(Files.isSameFile(first.file(), second.file())).isTrue();
		SnapshotManifest one = SnapshotManifests.find(first).orElseThrow();
		SnapshotManifest other = SnapshotManifests.find(second).orElseThrow();
		assertThat(one.reason()).isEqualTo("first reason");
		assertThat(other.reason()).isEqualTo("second reason");
		assertThat(other.sha256()).isEqualTo(one.sha256());
		assertThat(other.rows()).isEqualTo(one.rows());
	}

	@Test
	void isNotMadeForSnapshotThatIsKept() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		SqliteBackupService service = BackupServices.service(database);
		service.backupIfChanged(SnapshotReason.FLYWAY);
		List<Path> before = BackupDirectory.everything(this.temp.resolve("backups"));
		assertThat(service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOf(BackupResult.Unchanged.class);
		assertThat(BackupDirectory.everything(this.temp.resolve("backups"))).isEqualTo(before);
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void canBeReadByOwnerOnly() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		Snapshot snapshot = snapshot(BackupServices.service(database).backup("x"));
		assertThat(
				PosixFilePermissions.toString(Files.getPosixFilePermissions(SnapshotName.manifestOf(snapshot.file()))))
			.isEqualTo("rw-------");
	}

	@Test
	void ofAnotherSnapshotIsNeverReplaced() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		SqliteBackupService service = service(database, UnaryOperator.identity());
		Path taken = this.temp.resolve("backups/app-20261025-023000-x.db.json");
		Files.createDirectories(taken.getParent());
		Files.writeString(taken, "somebody's");
		Snapshot snapshot = snapshot(service.backup("x"));
		assertThat(snapshot.file()).hasFileName("app-20261025-023000-x-2.db");
		assertThat(SnapshotManifests.find(snapshot)).isPresent();
		assertThat(taken).hasContent("somebody's");
	}

	@Test
	void isNotThatOfSnapshotWhoseNameIsTaken() throws Exception {
		SnapshotDirectory directory = new SnapshotDirectory(this.temp, this.temp.resolve("app.db"), Clock.systemUTC());
		SnapshotName name = directory.name(SnapshotReason.of("x"));
		Path taken = Files.writeString(this.temp.resolve(name.toString()), "somebody's");
		try (PartialFile partial = directory.stage()) {
			Files.writeString(partial.path(), "a snapshot");
			Publication publication = new Publication(this.temp, name, () -> 1, () -> StagedManifest.NONE);
			assertThat(publication.publish(partial)).isEqualTo(name.attempt(2));
		}
		assertThat(SnapshotName.manifestOf(taken)).doesNotExist();
	}

	@Test
	void thatCannotBeWrittenIsSaidAndNoFailure() {
		String name = "a".repeat(255 - "-20261025-023000-manual.db".length());
		Path database = TestDatabase.create(this.temp.resolve(name + ".db"), 1);
		Snapshot snapshot = snapshot(BackupServices.service(database).backup(null));
		assertThat(SnapshotManifests.find(snapshot)).isEmpty();
		assertThat(this.log.warnings()).singleElement()
			.satisfies((warning) -> assertThat(warning.getFormattedMessage()).contains(snapshot.file().toString(),
					"is complete", "its manifest", "name too long"));
		assertThat(BackupDirectory.leftovers(this.temp.resolve("backups"))).isEmpty();
	}

	@Test
	void withoutSnapshotIsNeverListedAndGoesWhenItIsOld() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		SqliteBackupService service = BackupServices.service(database);
		Snapshot snapshot = snapshot(service.backup("x"));
		Path orphan = SnapshotName.manifestOf(snapshot.file());
		Files.delete(snapshot.file());
		assertThat(service.list()).isEmpty();
		Path foreign = this.temp.resolve("backups/app-20260417-115719-mine.db.json");
		Files.writeString(foreign, "{}");
		Files.setLastModifiedTime(foreign, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		snapshot(service.backup("x"));
		assertThat(orphan).exists();
		Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		TestDatabase.execute(database, "DELETE FROM item");
		snapshot(service.backup("y"));
		assertThat(orphan).doesNotExist();
		assertThat(foreign).exists();
	}

	/**
	 * The first name that is given is that of the manifest.
	 */
	@Test
	@Tag("process")
	void isAllThatIsLeftWhenProcessIsKilledBeforeSnapshotHasItsName() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Process process = JavaProcess.startKilledAt(this.temp.resolve("trace"), "?link,?linkat", 2, Backup.class,
				database.toString());
		assertThat(process.waitFor()).isNotZero();
		Path backups = this.temp.resolve("backups");
		assertThat(BackupDirectory.published(backups)).isEmpty();
		Path orphan = BackupDirectory.manifests(backups).get(0);
		SqliteBackupService service = BackupServices.service(database);
		assertThat(service.list()).isEmpty();
		Snapshot snapshot = snapshot(service.backup("killed"));
		assertThat(SnapshotManifests.find(snapshot)).isPresent();
		assertThat(SnapshotName.manifestOf(snapshot.file())).isNotEqualTo(orphan);
		assertThat(BackupDirectory.leftovers(backups)).isEmpty();
	}

	@Test
	void hasIdentityOfInstallationThatIsMadeWithFirstSnapshot() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path record = this.temp.resolve("backups/.quartermaster-app.installation");
		SqliteBackupService service = BackupServices.service(database);
		assertThat(service.list()).isEmpty();
		assertThat(record).doesNotExist();
		SnapshotManifest first = SnapshotManifests.find(snapshot(service.backup("x"))).orElseThrow();
		SnapshotManifest second = SnapshotManifests.find(snapshot(service.backup("y"))).orElseThrow();
		assertThat(first.installation()).isNotNull().isEqualTo(second.installation());
		assertThat(record).hasContent(first.installation() + "\n");
	}

	@Test
	void hasOtherIdentityOnOtherMachineWithTheSameDirectory() throws IOException {
		Path shared = Files.createDirectory(this.temp.resolve("shared"));
		BackupSettings settings = BackupServices.settings(shared, VerificationMode.QUICK);
		Path one = TestDatabase.create(Files.createDirectory(this.temp.resolve("one")).resolve("app.db"), 1);
		Path other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("app.db"), 1);
		SnapshotManifest first = SnapshotManifests
			.find(snapshot(BackupServices.service(SqliteDatabase.of(one), settings).backup("x")))
			.orElseThrow();
		SnapshotManifest second = SnapshotManifests
			.find(snapshot(BackupServices.service(SqliteDatabase.of(other), settings).backup("x")))
			.orElseThrow();
		assertThat(first.installation()).isNotNull().isNotEqualTo(second.installation());
		assertThat(second.installation()).isNotNull();
		assertThat(one.resolveSibling(".quartermaster-app.installation")).hasContent(first.installation() + "\n");
	}

	@Test
	void hasNoIdentityWhereNoneCanBeWritten() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Files.createDirectories(this.temp.resolve("backups/.quartermaster-app.installation"));
		SnapshotManifest manifest = SnapshotManifests.find(snapshot(BackupServices.service(database).backup("x")))
			.orElseThrow();
		assertThat(manifest.installation()).isNull();
		assertThat(this.log.warnings()).isEmpty();
	}

	/**
	 * Takes a snapshot.
	 */
	static final class Backup {

		public static void main(String[] args) {
			BackupServices.service(Path.of(args[0])).backup("killed");
		}

	}

	private static Snapshot snapshot(BackupResult result) {
		assertThat(result).isInstanceOf(BackupResult.Created.class);
		return ((BackupResult.Created) result).snapshot();
	}

	private static SqliteBackupService service(Path database, UnaryOperator<BackupSettings> settings) {
		BackupSettings berlin = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(10),
				ZoneId.of("Europe/Berlin"), 0)
			.withApplication(new ApplicationRelease("shop", "2.3.0"));
		return new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(database), settings.apply(berlin), BackupListener.NONE)
					.withClock(Clock.fixed(NOW, ZoneId.of("UTC"))),
				List::of);
	}

	private static String sha256(Path file) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
	}

}
