/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.SettableClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of what is left of a year of deployments, crash loops, restarts, snapshots on
 * request, restores, damage, failing backups and a clock that is put back: each day
 * exactly what the policy promises, worked out here in another way.
 */
class SimulatedYearTests {

	private static final int DAYS = Campaign.scale("days", 366);

	/**
	 * As a year goes by in leaps, there are fewer days on which something happens.
	 */
	private static final int LEAP = Campaign.scale("leap-days", 2);

	private static final int YEARS = Campaign.scale("years", 1);

	private static final RetentionPolicy POLICY = new RetentionPolicy(
			new Limits(null, Duration.ofDays(300), null, true),
			Map.of("before-import", new Limits(null, Duration.ofDays(30), null, false)), Duration.ofDays(60), 3, 3);

	@TempDir
	private Path temp;

	private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

	private final List<Taken> there = new ArrayList<>();

	private Path database = Path.of("");

	private Random random = new Random();

	private int version;

	private int backups;

	@Test
	void leavesExactlyWhatThePolicyPromises() throws Exception {
		for (int year = 0; year < YEARS; year++) {
			this.random = Campaign.random("a year of " + DAYS + " days");
			this.database = Files.createDirectory(this.temp.resolve("year" + year)).resolve("app.db");
			this.clock.set(Instant.parse("2026-01-01T00:00:00Z"));
			this.there.clear();
			this.version = 0;
			createDatabase();
			for (int day = 0; day < DAYS; day += LEAP) {
				Instant morning = this.clock.instant();
				live(day);
				assertThat(files()).as("the snapshots after day %d, %s", day, this.clock.instant())
					.isEqualTo(this.there.stream()
						.map((taken) -> taken.name().toString())
						.collect(Collectors.toCollection(TreeSet::new)));
				this.clock.set(morning.plus(Duration.ofDays(LEAP)));
			}
		}
		Campaign.tell("%d backups, %d snapshots are left of the last year", this.backups, this.there.size());
	}

	private void live(int day) throws Exception {
		this.clock.advance(Duration.ofMinutes(this.random.nextInt(600)));
		boolean failing = day % 120 >= 60 && day % 120 < 74;
		if (failing) {
			failToBackUp();
			return;
		}
		if (happens(0.5)) {
			write();
			start();
		}
		if (happens(0.12)) {
			deploy();
		}
		if (happens(0.02)) {
			crashLoop();
		}
		if (happens(0.03)) {
			for (int restart = 0; restart < 4; restart++) {
				this.clock.advance(Duration.ofSeconds(20));
				start();
			}
		}
		if (happens(0.1)) {
			this.clock.advance(Duration.ofMinutes(5));
			backUp("before import");
		}
		if (happens(0.01)) {
			restore();
		}
		if (happens(0.01)) {
			this.clock.advance(Duration.ofHours(-2));
			write();
			start();
		}
		if (happens(0.02)) {
			damage();
		}
		if (happens(0.02)) {
			verifyAll();
		}
	}

	private boolean happens(double probability) {
		return this.random.nextDouble() < probability;
	}

	private void createDatabase() {
		TestDatabase.create(this.database, 1);
		TestDatabase.execute(this.database,
				"CREATE TABLE flyway_schema_history (installed_rank INTEGER PRIMARY KEY, version TEXT, description TEXT,"
						+ " type TEXT, script TEXT, checksum INTEGER, installed_by TEXT, installed_on TEXT,"
						+ " execution_time INTEGER, success INTEGER)");
		migrate();
	}

	private void migrate() {
		this.version++;
		TestDatabase.execute(this.database, "INSERT INTO flyway_schema_history VALUES (" + this.version + ", '"
				+ this.version + "', '', 'SQL', '', 0, '', '', 0, 1)");
	}

	private void write() {
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('one more')");
	}

	private void start() throws IOException {
		note(service().backupIfChanged(SnapshotReason.FLYWAY));
	}

	private void backUp(String reason) throws IOException {
		note(service().backup(reason));
	}

	private void deploy() throws IOException {
		this.clock.advance(Duration.ofMinutes(10));
		start();
		migrate();
	}

	private void crashLoop() throws IOException {
		for (int crash = 0; crash < 8; crash++) {
			this.clock.advance(Duration.ofSeconds(30));
			write();
			start();
		}
	}

	private void restore() throws IOException {
		Path source = this.there.stream()
			.filter((taken) -> !taken.damaged() && !taken.replaced())
			.max(Comparator.comparing(Taken::name))
			.orElseThrow(IllegalStateException::new)
			.file();
		write();
		Set<String> before = files();
		service().restore(source, false);
		String version = TestDatabase.query(this.database, "SELECT max(installed_rank) FROM flyway_schema_history")
			.get(0);
		for (Snapshot snapshot : service().list()) {
			if (!before.contains(snapshot.name().toString())) {
				add(snapshot);
			}
		}
		this.version = Integer.parseInt(version);
	}

	private void damage() throws IOException {
		List<Taken> sound = this.there.stream().filter((taken) -> !taken.damaged()).toList();
		if (sound.size() > 5) {
			Taken chosen = sound.get(this.random.nextInt(sound.size()));
			SnapshotRetentionTests.damage(chosen.file());
			this.there.replaceAll((taken) -> taken.content().equals(chosen.content()) ? taken.asDamaged() : taken);
		}
	}

	private void verifyAll() throws IOException {
		for (Taken taken : List.copyOf(this.there)) {
			if (taken.damaged() && !taken.told()) {
				SnapshotRetentionTests.tell(taken.file());
				this.there.set(this.there.indexOf(taken), taken.asTold());
			}
		}
	}

	private void failToBackUp() throws SQLException {
		try (Connection other = TestDatabase.open(this.database); Statement statement = other.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> service().backupIfChanged(SnapshotReason.FLYWAY));
		}
		write();
	}

	private void note(BackupResult result) throws IOException {
		this.backups++;
		if (result instanceof BackupResult.Created created) {
			add(created.snapshot());
		}
		LocalDateTime now = LocalDateTime.ofInstant(this.clock.instant(), ZoneOffset.UTC);
		Set<Taken> promised = promised(now);
		this.there.retainAll(promised);
	}

	private void add(Snapshot snapshot) throws IOException {
		String version = TestDatabase.query(snapshot.file(), "SELECT max(installed_rank) FROM flyway_schema_history")
			.get(0);
		this.there.add(new Taken(snapshot.name(), snapshot.file(), FileIdentity.of(snapshot.file()).content(), version,
				false, false));
	}

	/**
	 * Return what is promised to be there of what was.
	 */
	private Set<Taken> promised(LocalDateTime now) {
		Set<Taken> promised = new HashSet<>();
		List<Taken> newestFirst = this.there.stream()
			.filter((taken) -> !taken.name().stamp().isAfter(now.plusMinutes(1)))
			.sorted(Comparator.comparing(Taken::name).reversed())
			.toList();
		List<Taken> sound = newestFirst.stream().filter((taken) -> !taken.damaged() && !taken.replaced()).toList();
		// What must be there, whatever the policy is.
		Set<Object> contents = new HashSet<>();
		Set<String> versions = new HashSet<>();
		for (Taken taken : sound) {
			if (contents.size() < 3 && contents.add(taken.content())) {
				promised.add(taken);
			}
			if (versions.size() < 4 && versions.add(taken.version())) {
				promised.add(taken);
			}
		}
		for (Taken taken : this.there) {
			if (taken.damaged() && !taken.told() || taken.name().stamp().isAfter(now.plusMinutes(1))) {
				promised.add(taken);
			}
		}
		// And what the policy says.
		Map<String, Taken> lastOfPeriod = new HashMap<>();
		List<Taken> thinned = sound.stream().filter((taken) -> !taken.isImport() && taken.daysOld(now) <= 300).toList();
		for (Taken taken : thinned) {
			for (String length : List.of("day", "week", "month")) {
				lastOfPeriod.putIfAbsent(period(taken, length), taken);
			}
		}
		for (Taken taken : newestFirst) {
			double days = taken.daysOld(now);
			if (taken.replaced() ? days <= 60
					: taken.isImport() ? days <= 30 : days <= 300 && (days <= 1 || isLast(taken, lastOfPeriod, now))) {
				promised.add(taken);
			}
		}
		return promised;
	}

	/**
	 * Return whether there is none to take its place.
	 */
	private boolean isLast(Taken taken, Map<String, Taken> lastOfPeriod, LocalDateTime now) {
		long days = ChronoUnit.DAYS.between(taken.name().stamp().toLocalDate(), now.toLocalDate());
		Taken last = lastOfPeriod.get(period(taken, (days <= 7) ? "day" : (days <= 31) ? "week" : "month"));
		return last == null || last.equals(taken);
	}

	private static String period(Taken taken, String length) {
		LocalDate date = taken.name().stamp().toLocalDate();
		String month = date.toString().substring(0, 7);
		return switch (length) {
			case "day" -> date.toString();
			case "week" -> month + " week " + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
			default -> month;
		};
	}

	private SqliteBackupService service() {
		BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofMillis(100),
				ZoneOffset.UTC, 0)
			.withRetention(POLICY);
		return new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(this.database), settings, BackupListener.NONE).withClock(this.clock),
				List::of);
	}

	private Set<String> files() {
		return BackupDirectory.published(this.database.resolveSibling("backups"))
			.stream()
			.map((file) -> file.getFileName().toString())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * A snapshot that was taken.
	 */
	private record Taken(SnapshotName name, Path file, Object content, String version, boolean damaged, boolean told) {

		Taken asDamaged() {
			return new Taken(this.name, this.file, this.content, this.version, true, this.told);
		}

		Taken asTold() {
			return new Taken(this.name, this.file, this.content, this.version, this.damaged, true);
		}

		boolean replaced() {
			return this.name.reason().isReplacedState();
		}

		boolean isImport() {
			return this.name.reason().slug().startsWith("before-import");
		}

		double daysOld(LocalDateTime now) {
			return Duration.between(this.name.stamp(), now).toSeconds() / 86400.0;
		}

	}

}
