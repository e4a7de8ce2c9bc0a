/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import javax.sql.DataSource;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.CopyDirectory;
import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.CopyRetention;
import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.RestoredSnapshot;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotToCopy;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Copies} at a place in the file system.
 */
class CopiesTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@TempDir
	private Path temp;

	private Path database;

	private Path place;

	private SqliteBackupRegistry registry;

	private SqliteBackupService service;

	private @Nullable Path mounted;

	private BackupSettings settings = BackupServices.settings();

	private final Instant begun = Instant.now().minusSeconds(1);

	private boolean retention;

	@BeforeEach
	void create() throws IOException {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.place = marked(this.temp.resolve("nas"));
		this.registry = registry(Map.of("app", this.database));
		this.service = this.registry.named("app");
	}

	@AfterEach
	void unmount() throws Exception {
		if (this.mounted != null) {
			Programs.run("umount", "-l", this.mounted.toString());
		}
	}

	@Test
	void snapshotIsCopiedWithItsManifest() throws IOException {
		Snapshot snapshot = take("one");
		copy();
		assertThat(copies()).containsExactly(snapshot.name().toString());
		assertCopied(snapshot);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void signatureInLocationIsShownNowhere() {
		Snapshot snapshot = take("one");
		String location = "azure-blob://app/copies/?sv=2024&sig=sesame%3D";
		Copies copies = copies(location);
		copies.start();
		copies.stop(PATIENCE);
		assertThat(warnings()).singleElement().asString().contains("sig=***").doesNotContain("sesame");
		assertThat(copies.usable()).hasToString("{azure-blob://app/copies/?sv=2024&sig=***=false}");
		assertThat(copies.conditions(this.service).toString()).contains("sig=***").doesNotContain("sesame");
		assertThat(new CopyCheck(new DefaultResourceLoader()::getResource).pending(this.service,
				snapshot.name().toString(), List.of(location)))
			.containsExactly("azure-blob://app/copies/?sv=2024&sig=***");
		assertThat(CopyEntry.copied(location, SnapshotToCopy.of(snapshot).orElseThrow(), snapshot.name().toString())
			.location()).doesNotContain("sesame");
	}

	@Test
	void snapshotThatIsTakenWhileTheApplicationRunsIsCopied() throws Exception {
		Copies copies = copies(this.place.toString());
		copies.start();
		Snapshot snapshot = take("one");
		await().atMost(PATIENCE).until(() -> copies.usable().containsValue(true));
		copies.listener().onResult(this.service.backup("one"));
		await().atMost(PATIENCE).until(() -> copies().size() == 2);
		copies.stop(PATIENCE);
		assertCopied(snapshot);
		assertThat(this.log.warnings()).as("of the same disk, however often it is looked at").hasSize(1);
	}

	@Test
	void whatIsPendingIsTakenUpByTheNextStartAndNothingIsSentTwice() throws IOException {
		Snapshot first = take("one");
		copy();
		Object sent = Files.getAttribute(this.place.resolve(first.name().toString()), "unix:ino");
		change();
		Snapshot second = take("two");
		change();
		Snapshot third = take("three");
		copy();
		assertCopied(first);
		assertCopied(second);
		assertCopied(third);
		assertThat(Files.getAttribute(this.place.resolve(first.name().toString()), "unix:ino")).isEqualTo(sent);
		assertThat(sent()).isEqualTo(3);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void newPlaceGetsTheNewestAndNotTheWholeHistory() throws Exception {
		old("one");
		change();
		Snapshot newest = old("two");
		copy();
		assertThat(copies()).containsExactly(newest.name().toString());
		change();
		Snapshot later = take("three");
		copy();
		assertThat(copies()).containsExactlyInAnyOrder(newest.name().toString(), later.name().toString());
	}

	@Test
	void whatOnePlaceHasOrIsToGetSaysNothingOfAnother() throws IOException {
		Snapshot first = old("one");
		copy();
		change();
		Snapshot second = old("two");
		change();
		Snapshot third = take("three");
		Path other = Files.createDirectory(this.temp.resolve("other-nas"));
		copy(other.toString());
		assertThat(warnings()).singleElement().asString().contains("is on the same disk as the snapshots");
		Files.createFile(other.resolve(CopyDirectory.MARKER));
		copy(other.toString());
		assertThat(names(other)).filteredOn((name) -> name.endsWith(".db")).containsExactly(third.name().toString());
		copy();
		assertThat(copies()).containsExactlyInAnyOrder(first.name().toString(), second.name().toString(),
				third.name().toString());
		assertThat(ledger().copiesOf(third.name().toString())).extracting(CopyEntry::place)
			.containsExactly("file:" + this.place + "/", "file:" + other + "/");
	}

	@Test
	void databaseItselfAmongItsSnapshotsIsNotCopied() throws IOException {
		Snapshot snapshot = take("one");
		String name = snapshot.name().toString().replaceFirst("-20\\d{6}-", "-20990101-");
		Files.createLink(snapshot.file().resolveSibling(name), this.database);
		copy();
		assertThat(copies()).containsExactly(snapshot.name().toString());
	}

	@Test
	void placeThatWasAwayFromTheBeginningGetsEverythingOnceItIsThere() throws Exception {
		Path away = this.temp.resolve("mnt").resolve("nas");
		Snapshot first = old("one");
		copy(away.toString());
		change();
		Snapshot second = old("two");
		copy(away.toString());
		assertThat(away.getParent()).doesNotExist();
		assertThat(warnings()).hasSize(2)
			.allSatisfy((message) -> assertThat(message).contains("NO COPY elsewhere",
					"nor does the one that it would be in", "not mounted, most likely",
					"The snapshots themselves are not affected"));
		Files.createDirectory(away.getParent());
		marked(away);
		copy(away.toString());
		assertThat(away.resolve(first.name().toString())).hasSameBinaryContentAs(first.file());
		assertThat(away.resolve(second.name().toString())).hasSameBinaryContentAs(second.file());
	}

	@Test
	void placeThatLostItsMarkerIsTakenForOneThatIsNotMounted() throws IOException {
		take("one");
		copy();
		Path elsewhere = Files.move(this.place, this.temp.resolve("unplugged"));
		Files.createDirectory(this.place);
		change();
		Snapshot second = take("two");
		copy();
		assertThat(this.place).isEmptyDirectory();
		assertThat(warnings()).singleElement()
			.satisfies((message) -> assertThat(message).contains(CopyDirectory.MARKER,
					"that was there when it got copies", "not mounted, most likely"));
		Files.delete(this.place);
		Files.move(elsewhere, this.place);
		copy();
		assertCopied(second);
	}

	@Test
	void anotherFileOfTheNameIsLeftAndKeepsNoOtherSnapshotWaiting() throws IOException {
		Snapshot first = take("one");
		change();
		Snapshot second = take("two");
		Files.writeString(this.place.resolve(second.name().toString()), "another");
		copy();
		assertThat(this.place.resolve(second.name().toString())).hasContent("another");
		assertCopied(first);
		assertThat(warnings()).singleElement()
			.satisfies((message) -> assertThat(message).contains("another file", "a place of its own"));
		assertThat(ledger().copiesOf(second.name().toString())).isEmpty();
	}

	@Test
	void whatSomebodyCopiedThereWithoutItsManifestIsCompletedAndNotSentAgain() throws IOException {
		Snapshot snapshot = take("one");
		Path copied = Files.copy(snapshot.file(), this.place.resolve(snapshot.name().toString()));
		Object sent = Files.getAttribute(copied, "unix:ino");
		copy();
		assertCopied(snapshot);
		assertThat(Files.getAttribute(copied, "unix:ino")).isEqualTo(sent);
		assertThat(sent()).isZero();
	}

	@Test
	void sameContentGetsSecondNameWhichTakesNoSpace() throws IOException {
		Snapshot first = take("one");
		Snapshot second = take("two");
		copy();
		assertCopied(first);
		assertCopied(second);
		assertThat(Files.getAttribute(this.place.resolve(first.name().toString()), "unix:nlink")).isEqualTo(2);
		assertThat(sent()).isEqualTo(2);
	}

	@Test
	void snapshotThatIsNoLongerWhatItWasIsNotCopied() throws IOException {
		Snapshot snapshot = take("one");
		TestDatabase.overwrite(snapshot.file(), 5000, (byte) 42);
		copy();
		assertThat(copies()).isEmpty();
		assertThat(everything()).containsExactly(CopyDirectory.MARKER);
		assertThat(warnings()).singleElement()
			.satisfies((message) -> assertThat(message).contains("no longer what its manifest says"));
	}

	@Test
	void snapshotWithoutManifestGetsOneForItsCopy() throws IOException {
		Snapshot snapshot = take("one");
		Files.delete(Path.of(snapshot.file() + ".json"));
		copy();
		assertThat(this.place.resolve(snapshot.name().toString())).hasSameBinaryContentAs(snapshot.file());
		assertThat(this.place.resolve(snapshot.name() + ".json")).content().contains("\"sha256\"");
	}

	@Test
	void whatProcessThatWasKilledLeftHalfIsRemoved() throws IOException {
		String left = ".quartermaster-1-1-" + UUID.randomUUID();
		Files.createFile(this.place.resolve(left + ".lock"));
		Files.writeString(this.place.resolve(left + ".partial"), "half");
		Snapshot snapshot = take("one");
		copy();
		assertThat(everything()).containsExactlyInAnyOrder(CopyDirectory.MARKER, snapshot.name().toString(),
				snapshot.name() + ".json");
	}

	@Test
	void copyThatIsGoneIsMadeAgain() throws IOException {
		Snapshot snapshot = take("one");
		copy();
		Files.delete(this.place.resolve(snapshot.name().toString()));
		Files.delete(this.place.resolve(snapshot.name() + ".json"));
		copy();
		assertCopied(snapshot);
		assertThat(warnings()).singleElement()
			.satisfies((message) -> assertThat(message).contains("is not there any more"));
	}

	@Test
	void lossOfTheRecordCostsNothingButQuestion() throws IOException {
		Snapshot snapshot = take("one");
		copy();
		Object sent = Files.getAttribute(this.place.resolve(snapshot.name().toString()), "unix:ino");
		Path record = this.service.directory().resolve(".quartermaster-copied-app.db");
		Files.writeString(record, "2026-04-17T11:57:19Z\tcopied\tfile:/somewh");
		copy();
		assertThat(Files.getAttribute(this.place.resolve(snapshot.name().toString()), "unix:ino")).isEqualTo(sent);
		assertThat(ledger().copiesOf(snapshot.name().toString())).hasSize(1);
		assertThat(ledger().entries()).extracting(CopyEntry::kind)
			.as("none is lost to the line that was cut off")
			.containsExactly(CopyEntry.Kind.SINCE, CopyEntry.Kind.MARKED, CopyEntry.Kind.COPIED);
		assertThat(record).content().doesNotContain("\n\n");
	}

	@Test
	void longRecordIsTidiedAndForgetsNothingThatIsOfUse() throws IOException {
		Snapshot snapshot = take("one");
		copy();
		CopyEntry copied = ledger().copiesOf(snapshot.name().toString()).get(0);
		StringBuilder lines = new StringBuilder();
		for (int i = 0; i < 600; i++) {
			lines.append(copied.toString().replace("\t" + copied.name() + "\t", "\t" + i + ".db\t")).append('\n');
		}
		Path record = this.service.directory().resolve(".quartermaster-copied-app.db");
		Files.writeString(record, lines, StandardOpenOption.APPEND);
		assertThat(ledger().entries()).hasSizeGreaterThan(600);
		copy();
		assertThat(ledger().copies(copied.place())).as("the newest copy stays")
			.containsOnlyKeys(copied.name(), "599.db");
		assertThat(ledger().entries()).extracting(CopyEntry::kind)
			.containsExactly(CopyEntry.Kind.SINCE, CopyEntry.Kind.MARKED, CopyEntry.Kind.COPIED, CopyEntry.Kind.COPIED);
		String tidied = Files.readString(record);
		copy();
		assertThat(record).as("a short one is left").hasContent(tidied);
		assertThat(sent()).isEqualTo(1);
	}

	@Test
	void retentionRemovesCopiesWhereItIsToldToAndTheyAreNotMadeAgain() throws IOException {
		List<Snapshot> snapshots = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			change();
			snapshots.add(take("number " + i));
		}
		copy();
		assertThat(copies()).hasSize(4);
		this.settings = this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(2, null, null, null), Map.of(), null, 1, 0));
		this.registry = registry(Map.of("app", this.database));
		copy();
		assertThat(copies()).as("only with retention=true").hasSize(4);
		this.retention = true;
		copy();
		assertThat(copies()).containsExactlyInAnyOrder(snapshots.get(2).name().toString(),
				snapshots.get(3).name().toString());
		long sent = sent();
		copy();
		assertThat(copies()).hasSize(2);
		assertThat(sent()).as("nothing is sent to be removed").isEqualTo(sent);
		assertThat(ledger().copiesOf(snapshots.get(0).name().toString())).isEmpty();
		assertThat(this.service.list()).as("here nobody removed anything").hasSize(4);
	}

	@Test
	void retentionRemovesNoCopyAsLongAsTheNewestIsNotKnownToBeSound() throws IOException {
		Snapshot newest = take("number 0");
		for (int i = 1; i < 4; i++) {
			change();
			newest = take("number " + i);
		}
		Files.delete(Path.of(newest.file() + ".json"));
		this.settings = this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 1, 0));
		this.registry = registry(Map.of("app", this.database));
		this.retention = true;
		copy();
		assertThat(copies()).hasSize(4);
	}

	@Test
	void retentionSaysWhichCopyItRemovesBeforeItDoes() throws IOException {
		for (int i = 0; i < 3; i++) {
			change();
			take("number " + i);
		}
		copy();
		this.settings = this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 1, 0));
		SqliteBackupService retaining = registry(Map.of("app", this.database)).named("app");
		List<String> told = new ArrayList<>();
		assertThatIllegalStateException().isThrownBy(() -> CopyRetention.removeFrom(retaining, this.place, (name) -> {
			told.add(name);
			throw new IllegalStateException("killed");
		}));
		assertThat(told).hasSize(1);
		assertThat(copies()).hasSize(3).containsAll(told);
	}

	@Test
	void retentionLeavesAsManyCopiesAsItWouldSnapshots() throws IOException {
		for (int i = 0; i < 4; i++) {
			change();
			take("number " + i);
		}
		copy();
		this.settings = this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 3, 0));
		this.registry = registry(Map.of("app", this.database));
		this.retention = true;
		copy();
		assertThat(copies()).hasSize(3);
	}

	@Test
	void placeOnTheDiskOfTheSnapshotsIsSaidOnce() {
		take("one");
		copy();
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains(this.place.toString(),
					"does not outlive that disk"));
	}

	@Test
	void nothingIsMadeOnTheDiskOfTheSnapshotsUnlessItIsAskedFor() throws IOException {
		Snapshot snapshot = take("one");
		Path mountPoint = Files.createDirectory(this.temp.resolve("mount-point"));
		for (Path location : List.of(mountPoint, mountPoint.resolve("app"))) {
			Copies copies = copies(location.toString());
			copies.start();
			copies.stop(PATIENCE);
			assertThat(mountPoint).isEmptyDirectory();
			assertThat(copies.usable()).containsValue(false);
			assertThat(copies.conditions(this.service).get(0).problem()).contains(
					"is on the same disk as the snapshots in", "not mounted, most likely",
					location.resolve(CopyDirectory.MARKER).toString());
		}
		assertThat(warnings()).hasSize(2).allMatch((message) -> message.startsWith("NO COPY elsewhere. "));
		Files.createFile(mountPoint.resolve(CopyDirectory.MARKER));
		copy(mountPoint.toString());
		assertThat(mountPoint.resolve(snapshot.name().toString())).hasSameBinaryContentAs(snapshot.file());
	}

	@Test
	void nothingIsWrittenWhereTheDiskIsNoLongerMountedWhileTheApplicationRuns() throws Exception {
		Snapshot first = take("one");
		Copies copies = copies(this.place.toString());
		copies.start();
		await().atMost(PATIENCE).until(() -> !ledger().copiesOf(first.name().toString()).isEmpty());
		Path elsewhere = Files.move(this.place, this.temp.resolve("unplugged"));
		Files.createDirectory(this.place);
		change();
		Snapshot second = take("two");
		copies.stop(PATIENCE);
		assertThat(this.place).isEmptyDirectory();
		assertThat(copies.usable()).containsValue(false);
		assertThat(ledger().copiesOf(second.name().toString())).isEmpty();
		assertThat(warnings()).singleElement().asString().contains(CopyDirectory.MARKER, "not mounted, most likely");
		Files.delete(this.place);
		Files.move(elsewhere, this.place);
		copy();
		assertCopied(second);
	}

	@Test
	void newDiskGetsWhatTheOneBeforeHad() throws IOException {
		Snapshot first = take("one");
		copy();
		change();
		Snapshot second = take("two");
		copy();
		Files.move(this.place, this.temp.resolve("old"));
		marked(this.place);
		copy();
		assertCopied(first);
		assertCopied(second);
	}

	@Test
	void nothingIsMadeAsLongAsNoDatabaseIsKnown() throws IOException {
		Files.delete(this.place.resolve(CopyDirectory.MARKER));
		this.registry = registry(Map.of());
		copy();
		assertThat(this.place).isEmptyDirectory();
	}

	@Test
	void databaseThatCannotBeCopiedKeepsNoOtherWaiting() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("other.db"), 20);
		this.registry = registry(Map.of("app", this.database, "other", other));
		this.service = this.registry.named("app");
		take("one");
		Snapshot copied = BackupServices.backup(this.registry.named("other"), "other").snapshot();
		Files.createDirectory(this.service.directory().resolve(".quartermaster-copied-app.db"));
		Copies copies = copies(this.place.toString());
		copies.start();
		copies.stop(PATIENCE);
		assertThat(this.place.resolve(copied.name().toString())).hasSameBinaryContentAs(copied.file());
		assertThat(warnings()).singleElement().asString().contains(".quartermaster-copied-app.db cannot be read");
		assertThat(copies.conditions(this.service).get(0).problem()).contains("cannot be read");
		assertThat(copies.conditions(this.registry.named("other")).get(0).problem()).isNull();
		assertThat(copies.isComplete(this.database)).isFalse();
		assertThat(copies.isComplete(other)).isTrue();
	}

	@Test
	void diskIsNotTakenForNewOneWhereTheRecordCannotBeRead() throws IOException {
		take("one");
		Files.delete(this.place.resolve(CopyDirectory.MARKER));
		Files.createDirectory(this.service.directory().resolve(".quartermaster-copied-app.db"));
		copy();
		assertThat(this.place).isEmptyDirectory();
		assertThat(warnings()).singleElement().asString().contains("that was there when it got copies");
	}

	@Test
	void databaseThatNobodyConfiguredIsCopiedOnceItHadBackup() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("other.db"), 20);
		Snapshot configured = take("one");
		Copies copies = copies(this.place.toString());
		BackupResult.Created backup = BackupServices.backup(this.registry.of(SqliteDatabase.of(other)), "other");
		copies.listener().onResult(backup);
		copies.start();
		copies.stop(PATIENCE);
		assertCopied(configured);
		assertThat(this.place.resolve(backup.snapshot().name().toString()))
			.hasSameBinaryContentAs(backup.snapshot().file());
	}

	@Test
	void nothingIsPendingWhereNothingWasTaken() {
		Copies copies = copies(this.place.toString());
		assertThat(copies.isComplete(this.database)).isTrue();
		take("one");
		assertThat(copies.isComplete(this.database)).isFalse();
	}

	@Test
	void olderSnapshotThatIsPendingIsNotCompleteAlthoughTheNewestIsThere() throws IOException {
		take("one");
		copy();
		change();
		take("two");
		change();
		Snapshot newest = take("three");
		new CopyLedger(this.service).add(CopyEntry.copied("file:" + this.place + "/",
				SnapshotToCopy.of(newest).orElseThrow(), newest.name().toString()));
		assertThat(copies(this.place.toString()).isComplete(this.database)).isFalse();
		assertThat(copies(this.place.toString()).conditions(this.service).get(0).pending()).isEqualTo(1);
	}

	@Test
	void applicationThatIsStartedAgainCopiesAgain() throws Exception {
		Copies copies = copies(this.place.toString());
		copies.start();
		copies.stop(PATIENCE);
		Snapshot first = take("one");
		copies.start();
		await().atMost(PATIENCE).until(() -> copies().size() == 1);
		change();
		Snapshot second = take("two");
		copies.listener().onResult(this.service.backup("three"));
		await().atMost(PATIENCE).until(() -> copies().size() == 3);
		copies.stop(PATIENCE);
		assertCopied(first);
		assertCopied(second);
	}

	@Test
	void directoryOfTheSnapshotsIsNoPlaceForCopies() throws IOException {
		Snapshot snapshot = take("one");
		Path link = Files.createSymbolicLink(this.temp.resolve("link"), this.service.directory());
		copy(link.toString());
		assertThat(ledger().copiesOf(snapshot.name().toString())).isEmpty();
		assertThat(this.service.directory().resolve(CopyDirectory.MARKER)).doesNotExist();
		assertThat(warnings()).singleElement().asString().contains("is the one where the snapshots are");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void copyThatWasCutOffIsSetAsideAndMadeAgain(boolean manifest) throws IOException {
		Snapshot snapshot = take("one");
		copy();
		Path copy = this.place.resolve(snapshot.name().toString());
		Files.writeString(copy, "half");
		if (!manifest) {
			Files.delete(Path.of(copy + ".json"));
		}
		copy();
		assertCopied(snapshot);
		assertThat(everything()).filteredOn((name) -> name.startsWith(snapshot.name() + ".damaged-"))
			.singleElement()
			.satisfies((name) -> assertThat(this.place.resolve(name)).hasContent("half"));
		assertThat(warnings()).hasSize(2).last().asString().contains("is damaged. It was renamed to");
	}

	@Test
	void contentOfDamagedCopyIsNotUsedForTheNextSnapshot() throws IOException {
		Snapshot first = take("one");
		copy();
		TestDatabase.overwrite(this.place.resolve(first.name().toString()), 5000, (byte) 42);
		Snapshot second = take("two");
		copy();
		assertCopied(second);
	}

	@Test
	void snapshotThatIsRefusedKeepsTheRestFromNothing() throws IOException {
		Snapshot first = take("one");
		TestDatabase.overwrite(first.file(), 5000, (byte) 42);
		change();
		Snapshot second = take("two");
		Copies copies = copies(this.place.toString());
		List<Path> complete = new ArrayList<>();
		copies.addListener(new CopyListener() {

			@Override
			public void onComplete(Path database, String place) {
				complete.add(database);
			}

		});
		copies.start();
		copies.stop(PATIENCE);
		assertCopied(second);
		assertThat(complete).contains(this.service.database());
		assertThat(copies.isComplete(this.service.database())).isTrue();
		assertThat(copies.usable()).containsValue(true);
		assertThat(copies.conditions(this.service).get(0)).satisfies((condition) -> {
			assertThat(condition.pending()).isEqualTo(1);
			assertThat(condition.problem()).contains(first.name().toString(), "no longer what its manifest says");
		});
	}

	@Test
	void snapshotThatWasRefusedIsCopiedOnceItIsWholeAgain() throws IOException {
		Snapshot snapshot = take("one");
		byte[] whole = Files.readAllBytes(snapshot.file());
		TestDatabase.overwrite(snapshot.file(), 5000, (byte) 42);
		Copies copies = copies(this.place.toString());
		copies.start();
		await().atMost(PATIENCE).until(() -> !warnings().isEmpty());
		Files.write(snapshot.file(), whole);
		copies.listener().onResult(this.service.backup("two"));
		await().atMost(PATIENCE).until(() -> copies().size() == 2);
		copies.stop(PATIENCE);
		assertCopied(snapshot);
	}

	@Test
	void whatFailsIsTriedAgainSoonAndThreeTimesBeforeItHasToWait() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("app.db"), 20);
		this.registry = registry(Map.of("first", this.database, "second", other));
		Snapshot snapshot = BackupServices.backup(this.registry.named("first"), "same").snapshot();
		BackupServices.backup(this.registry.named("second"), "same");
		Path first = Files.createFile(this.place.resolve("first"));
		Path second = Files.createFile(this.place.resolve("second"));
		Copies copies = copies(this.place.toString(), Duration.ofMillis(1));
		List<Path> failed = new CopyOnWriteArrayList<>();
		copies.addListener(new CopyListener() {

			@Override
			public void onFailure(Path database, String place, BackupException failure, Duration took) {
				failed.add(database);
				first.toFile().delete();
			}

		});
		copies.start();
		await().atMost(PATIENCE)
			.until(() -> warnings().stream().anyMatch((message) -> message.contains("It is tried again once a day.")));
		copies.stop(PATIENCE);
		assertThat(first.resolve(snapshot.name().toString())).hasSameBinaryContentAs(snapshot.file());
		assertThat(failed).filteredOn(this.registry.named("first").database()::equals).hasSize(1);
		assertThat(failed).filteredOn(this.registry.named("second").database()::equals).hasSize(3);
		assertThat(second).isRegularFile();
		assertThat(copies.usable()).containsValue(true);
	}

	@Test
	void placeThatFailsIsNotAskedAgainAtOnce() {
		take("one");
		Copies copies = copies(this.temp.resolve("mnt").resolve("nas").toString());
		List<BackupException> failures = new CopyOnWriteArrayList<>();
		copies.addListener(new CopyListener() {

			@Override
			public void onFailure(Path database, String place, BackupException failure, Duration took) {
				failures.add(failure);
			}

		});
		copies.start();
		await().atMost(PATIENCE).until(() -> !failures.isEmpty());
		copies.stop(PATIENCE);
		assertThat(failures).hasSize(1);
	}

	@Test
	void placeIsKnownNotToBeUsableAsSoonAsItIsLostAmongSnapshots() throws IOException {
		Snapshot first = take("one");
		change();
		Snapshot second = take("two");
		Copies copies = copies(this.place.toString());
		List<Boolean> usable = new CopyOnWriteArrayList<>();
		copies.addListener(new CopyListener() {

			@Override
			public void onCopied(Path database, String place, boolean sent, Duration took) {
				usable.addAll(copies.usable().values());
				CopiesTests.this.place.resolve(CopyDirectory.MARKER).toFile().delete();
			}

		});
		copies.start();
		copies.stop(PATIENCE);
		assertThat(usable).containsExactly(true);
		assertThat(copies.usable()).containsValue(false);
		assertThat(copies()).containsExactly(second.name().toString()).doesNotContain(first.name().toString());
	}

	@Test
	void unexpectedFailureIsSaidEachTimeAndIsNotTheEndOfCopying() throws IOException {
		Snapshot snapshot = take("one");
		AtomicBoolean broken = new AtomicBoolean(true);
		Copies copies = new Copies(
				CopyPlaces.of(Map.of(this.place.toString(), false), new DefaultResourceLoader()::getResource), () -> {
					if (broken.get()) {
						throw new IllegalStateException("of the registry");
					}
					return this.registry;
				}, List.of(Duration.ofMillis(1)), this.begun);
		copies.start();
		await().atMost(PATIENCE).until(() -> !warnings().isEmpty());
		assertThat(copies.usable()).containsValue(false);
		broken.set(false);
		await().atMost(PATIENCE).until(() -> this.log.ours().stream().anyMatch(CopiesTests::isBack));
		assertCopied(snapshot);
		broken.set(true);
		copies.listener().onResult(this.service.backup("two"));
		await().atMost(PATIENCE).until(() -> warnings().size() == 2);
		copies.stop(PATIENCE);
		assertThat(warnings()).allMatch((message) -> message.startsWith("NO COPY elsewhere. ")
				&& message.contains(this.place + "/ failed unexpectedly"));
	}

	private static boolean isBack(ILoggingEvent event) {
		return event.getFormattedMessage().startsWith("Snapshots are copied to ");
	}

	@Test
	void drillReadsTheNewestCopyThatThereIs() throws IOException {
		Snapshot copied = take("one");
		CopiesSnapshotCheck check = new CopiesSnapshotCheck((restored) -> this.service,
				new DefaultResourceLoader()::getResource);
		RestoredSnapshot restored = new RestoredSnapshot(this.database, copied.file(), new SQLiteDataSource());
		assertThatIllegalStateException().isThrownBy(() -> check.check(restored))
			.withMessage("there is no copy elsewhere");
		copy();
		change();
		RestoredSnapshot newest = new RestoredSnapshot(this.database, take("two").file(), new SQLiteDataSource());
		check.check(newest);
		TestDatabase.overwrite(this.place.resolve(copied.name().toString()), 5000, (byte) 42);
		assertThatIllegalStateException().isThrownBy(() -> check.check(newest))
			.withMessage("the copy file:" + this.place + "/" + copied.name()
					+ ": it is not what was copied, by its SHA-256");
	}

	@Test
	void newestThatIsRefusedIsNotComplete() throws IOException {
		Snapshot snapshot = take("one");
		TestDatabase.overwrite(snapshot.file(), 5000, (byte) 42);
		Copies copies = copies(this.place.toString());
		copies.start();
		copies.stop(PATIENCE);
		assertThat(copies.isComplete(this.service.database())).isFalse();
	}

	@Test
	void locationThatIsNoPathIsSaidAndStopsNothing() {
		take("one");
		copy("file:/mnt/\0/");
		copy("file:~/copies");
		copy("file:/mnt/${NAS}/");
		assertThat(warnings()).hasSize(3)
			.allMatch((message) -> message.contains("of quartermaster.backup.copies ")
					&& message.contains("Correct the location"));
	}

	@Test
	void listenerThatFailsIsNoFailureToCopy() throws IOException {
		Snapshot snapshot = take("one");
		Copies copies = copies(this.place.toString());
		copies.addListener(new CopyListener() {

			@Override
			public void onCopied(Path database, String place, boolean sent, Duration took) {
				throw new IllegalStateException("of the listener");
			}

		});
		copies.start();
		copies.stop(PATIENCE);
		assertCopied(snapshot);
		assertThat(warnings()).singleElement().asString().contains("A listener to the copies of snapshots failed");
	}

	@Test
	void databasesOfOneNameHaveFolders() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("app.db"), 20);
		this.registry = registry(Map.of("first", this.database, "second", other));
		Snapshot one = BackupServices.backup(this.registry.named("first"), "same").snapshot();
		Snapshot two = BackupServices.backup(this.registry.named("second"), "same").snapshot();
		copy();
		assertThat(this.place.resolve("first").resolve(one.name().toString())).hasSameBinaryContentAs(one.file());
		assertThat(this.place.resolve("second").resolve(two.name().toString())).hasSameBinaryContentAs(two.file());
	}

	@Test
	void everythingIsThereOnceFullReadOnlyOrUnmountedPlaceIsBack() throws Exception {
		TestDatabase.execute(this.database, "CREATE TABLE large (content BLOB)",
				"INSERT INTO large VALUES (randomblob(1000000))");
		Path mount = Files.createDirectory(this.temp.resolve("mnt"));
		Programs.need("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount.toString());
		this.mounted = mount;
		String there = mount.toString();
		Snapshot first = take("one");
		copy(there);
		assertThat(names(mount)).containsExactly(CopyDirectory.MARKER);
		assertThat(warnings()).singleElement().satisfies((message) -> assertThat(message).contains("No space left"));
		remount(mount, "size=16m");
		copy(there);
		assertThat(mount.resolve(first.name().toString())).hasSameBinaryContentAs(first.file());
		remount(mount, "ro");
		change();
		Snapshot second = take("two");
		copy(there);
		assertThat(mount.resolve(second.name().toString())).doesNotExist();
		assertThat(warnings()).hasSize(2)
			.last()
			.satisfies((message) -> assertThat(message).contains("Read-only file system"));
		Path held = Files.createDirectory(this.temp.resolve("held"));
		assertThat(Programs.run("mount", "--move", mount.toString(), held.toString())
				|| Programs.run("mount", "--bind", mount.toString(), held.toString())
						&& Programs.run("umount", mount.toString()))
			.isTrue();
		this.mounted = held;
		copy(there);
		assertThat(mount).isEmptyDirectory();
		assertThat(warnings()).hasSize(3);
		remount(held, "rw");
		copy(held.toString());
		assertThat(held.resolve(second.name().toString())).hasSameBinaryContentAs(second.file());
	}

	private static Path marked(Path directory) throws IOException {
		Files.createDirectory(directory);
		Files.createFile(directory.resolve(CopyDirectory.MARKER));
		return directory;
	}

	private static void remount(Path mount, String options) throws InterruptedException {
		assertThat(Programs.run("mount", "-o", "remount," + options, mount.toString())).isTrue();
	}

	/**
	 * Start and stop, which copies what is pending.
	 */
	private void copy() {
		copy(this.place.toString());
	}

	private void copy(String location) {
		Copies copies = copies(location);
		copies.start();
		copies.stop(PATIENCE);
	}

	private Copies copies(String location) {
		return copies(location, Duration.ofHours(1));
	}

	private Copies copies(String location, Duration pause) {
		return new Copies(CopyPlaces.of(Map.of(location, this.retention), new DefaultResourceLoader()::getResource),
				() -> this.registry, List.of(pause), this.begun);
	}

	private Snapshot take(String reason) {
		return BackupServices.backup(this.service, reason).snapshot();
	}

	/**
	 * Take a snapshot that seems to be older than the application runs.
	 */
	private Snapshot old(String reason) throws IOException {
		Snapshot taken = take(reason);
		String name = taken.name().toString().replaceFirst("-20\\d{6}-", "-20200101-");
		Files.move(Path.of(taken.file() + ".json"), taken.file().resolveSibling(name + ".json"));
		Files.move(taken.file(), taken.file().resolveSibling(name));
		return this.service.find(name).orElseThrow();
	}

	private void change() {
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('another')");
	}

	/**
	 * Return all warnings, but for the one that is right about all tests.
	 */
	private List<String> warnings() {
		return this.log.warnings()
			.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((message) -> !message.contains("does not outlive that disk"))
			.toList();
	}

	private long sent() {
		return this.log.ours()
			.stream()
			.filter((event) -> event.getFormattedMessage().startsWith("Copied the snapshot"))
			.count();
	}

	private CopyEntries ledger() {
		return new CopyLedger(this.service).read();
	}

	private void assertCopied(Snapshot snapshot) throws IOException {
		Path copy = this.place.resolve(snapshot.name().toString());
		assertThat(copy).hasSameBinaryContentAs(snapshot.file());
		assertThat(Path.of(copy + ".json")).hasSameBinaryContentAs(Path.of(snapshot.file() + ".json"));
		assertThat(ledger().copiesOf(snapshot.name().toString())).hasSize(1);
	}

	private List<String> copies() throws IOException {
		return everything().stream().filter((name) -> name.endsWith(".db")).toList();
	}

	private List<String> everything() throws IOException {
		return names(this.place);
	}

	private static List<String> names(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	private SqliteBackupRegistry registry(Map<String, Path> databases) {
		return registry(databases, this.settings);
	}

	static SqliteBackupRegistry registry(Map<String, Path> databases, BackupSettings settings) {
		Map<String, DataSource> dataSources = new TreeMap<>();
		databases.forEach((name, file) -> {
			SQLiteDataSource dataSource = new SQLiteDataSource();
			dataSource.setUrl(TestDatabase.url(file));
			dataSources.put(name, dataSource);
		});
		return new SqliteBackupRegistry(new DatabaseCandidates() {

			@Override
			public Map<String, DataSource> dataSources() {
				return dataSources;
			}

			@Override
			public Map<String, SqliteBackupService> services() {
				return Map.of();
			}

		}, settings, BackupListener.NONE);
	}

}
