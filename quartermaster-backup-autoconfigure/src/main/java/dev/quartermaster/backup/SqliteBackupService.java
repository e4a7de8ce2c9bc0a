/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one database: takes them, lists them, finds one.
 * <p>
 * A snapshot is the database as it was at one point in time, whatever is written
 * meanwhile. It is staged in a hidden file, checked and flushed to disk before it gets
 * its name, so that a file with a snapshot's name is whole, whenever the process is
 * killed. Instances are safe for use by several threads and processes at once; each call
 * gets its own snapshot.
 */
public final class SqliteBackupService {

	private static final Logger logger = LoggerFactory.getLogger(SqliteBackupService.class);

	private final SqliteDatabase database;

	private final BackupSettings settings;

	private final BackupListener listener;

	private final @Nullable UnaryOperator<Path> places;

	private final Clock clock;

	private final Supplier<List<SqliteBackupService>> targets;

	/**
	 * Create a new instance. Nothing is opened or created on disk yet.
	 * @param database the database
	 * @param settings how its snapshots are taken
	 * @param listener is told of every backup
	 */
	public SqliteBackupService(SqliteDatabase database, BackupSettings settings, BackupListener listener) {
		this(database, settings, listener, Clock.systemUTC());
	}

	SqliteBackupService(SqliteDatabase database, BackupSettings settings, BackupListener listener, Clock clock) {
		this(database, settings, listener, null, List::of, clock);
	}

	/**
	 * Create a new instance for one of several databases.
	 * @param places tells where the snapshots of a database go; asked when there is
	 * something to put there or to look for, and not before
	 * @param targets tells what the data source chooses from, if it chooses from others
	 */
	SqliteBackupService(SqliteDatabase database, BackupSettings settings, BackupListener listener,
			UnaryOperator<Path> places, Supplier<List<SqliteBackupService>> targets) {
		this(database, settings, listener, places, targets, Clock.systemUTC());
	}

	private SqliteBackupService(SqliteDatabase database, BackupSettings settings, BackupListener listener,
			@Nullable UnaryOperator<Path> places, Supplier<List<SqliteBackupService>> targets, Clock clock) {
		this.database = database;
		this.settings = settings;
		this.listener = listener;
		this.places = places;
		this.targets = targets;
		this.clock = clock;
	}

	/**
	 * Take a snapshot because somebody asked for one. If the database has not changed
	 * since the newest snapshot, that one gets a second name, which takes no space where
	 * the file system has hard links. Whoever waits for another backup of the same
	 * database shares the next copy that is begun, and gets a name of their own for it.
	 * <p>
	 * The snapshot shows what is committed: not what the transaction has written that
	 * this is called in. No connection of the data source is needed for it where the URL
	 * shows the file, so that it may be called in a transaction even if the pool has no
	 * second one. (With a rollback journal, a transaction that has written more than
	 * SQLite's cache holds keeps everybody from reading, this as well.)
	 * @param reason why, in any words; becomes the last part of the file name.
	 * {@code null} or nothing usable gives {@code manual}. What only we say, such as
	 * {@code pre-restore}, becomes {@code manual-pre-restore}
	 * @return the snapshot, or that there was nothing to back up
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 * @throws NotADatabaseException if the file is not a SQLite database
	 * @throws DatabaseBusyException if it was locked, or being backed up by others, for
	 * longer than the busy timeout
	 * @throws NoRoomException if there is no room for the snapshot
	 * @throws BackupException if it fails for another reason
	 */
	public BackupResult backup(@Nullable String reason) {
		return run((database) -> {
			Path file = database.file();
			try (CopyQueue.Permit permit = CopyQueue.of(file).await(file, this.settings.busyTimeout())) {
				return new Request(database, SnapshotReason.of(reason), permit).takeOrShare();
			}
		});
	}

	/**
	 * Take a snapshot because it is time for one, unless the database has not changed
	 * since the newest: however often this is called without a change, there is one
	 * snapshot. If the database is being backed up, this waits until that has ended.
	 * @param reason why, as in {@link #backup}
	 * @return the snapshot, the newest one if it is the same, or that there was nothing
	 * to back up
	 * @throws BackupException as in {@link #backup}
	 */
	public BackupResult backupIfChanged(@Nullable String reason) {
		return backupIfChanged(SnapshotReason.of(reason));
	}

	/**
	 * Take a snapshot like {@link #backupIfChanged(String)}.
	 * @param reason why
	 * @return the snapshot, the newest one if it is the same, or that there was nothing
	 * to back up
	 * @throws BackupException as in {@link #backup}
	 */
	public BackupResult backupIfChanged(SnapshotReason reason) {
		return takeHoweverLongOthersTake(reason, WhenUnchanged.KEEP, SnapshotDirectory::newestIfSame);
	}

	/**
	 * Take a snapshot of one's own, before something is changed that would not wait.
	 */
	private BackupResult takeHoweverLongOthersTake(SnapshotReason reason, WhenUnchanged whenUnchanged,
			BiFunction<SnapshotDirectory, PartialFile, Optional<Snapshot>> findSame) {
		return run((database) -> {
			Path file = database.file();
			try (CopyQueue.Permit permit = CopyQueue.of(file).awaitHoweverLong(file, this.settings.busyTimeout())) {
				return new Request(database, reason, permit).take(whenUnchanged, findSame);
			}
		});
	}

	private BackupResult run(Function<LiveDatabase, BackupResult> backup) {
		BackupResult result;
		try {
			LiveDatabase database = live();
			OrphanedJournal.requireNone(database.file(), now());
			result = backup.apply(database);
		}
		catch (BackupException ex) {
			tell((listener) -> listener.onFailure(ex));
			throw ex;
		}
		report(result);
		return result;
	}

	private void report(BackupResult result) {
		try {
			log(result);
		}
		catch (BackupException ex) {
			// What is done is done, whether or not there are older snapshots to name.
			logger.warn("There is no data in {}, and whether there are snapshots of it cannot be told: {}",
					this.database.file(), ex.getMessage());
		}
		tell((listener) -> listener.onResult(result));
	}

	private LocalDateTime now() {
		return LocalDateTime.ofInstant(this.clock.instant(), this.settings.timeZone());
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private Verification verify(CopySource source, PartialFile partial) {
		return source.state()
			.verdict(SnapshotVerifier.verify(partial.path(), this.settings.verification(), checkOf(partial.path())));
	}

	/**
	 * Return whether there is anything to back up: a table, or what had one.
	 * @return whether there is
	 * @throws BackupException if the database cannot be read
	 */
	public boolean hasData() {
		LiveDatabase database = live();
		if (FileState.ofDatabase(database.file()).isEmpty()) {
			return false;
		}
		try (CopySource source = this.database.open(database, this.settings.busyTimeout())) {
			return !source.state().blank();
		}
	}

	/**
	 * Return the file of the database.
	 * @return the absolute path
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 */
	public Path database() {
		return live().file();
	}

	/**
	 * Return what a URL must say besides the file for the database to be opened and
	 * locked like the application does it.
	 * @return the parameters as they are written in a URL, mostly none
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 */
	public String urlParameters() {
		return live().access().parameters();
	}

	/**
	 * Return the file of the database without a connection of its data source, if that
	 * shows its URL.
	 */
	Path locate() {
		return this.database.fileByUrl();
	}

	/**
	 * Return the file of the database, or {@code null} if only a connection can tell.
	 */
	@Nullable Path locateWithoutConnection() {
		return this.database.fileWithoutConnection();
	}

	/**
	 * The caller may be using the last connection of the pool.
	 */
	private LiveDatabase live() {
		try {
			LiveDatabase shown = this.database.liveWithoutConnection();
			if (shown != null) {
				return shown;
			}
		}
		catch (UnsupportedDatabaseException ex) {
			// A connection tells better what it is.
		}
		return this.database.live();
	}

	boolean isOf(DataSource dataSource) {
		return this.database.isOf(dataSource);
	}

	/**
	 * Return the services of what the connections of the data source attach, by the names
	 * of the schemas.
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	Map<String, SqliteBackupService> attached() {
		return like(this.database.attached());
	}

	/**
	 * Return what the connections attach like {@link #attached()}, but never ask for one.
	 */
	Map<String, SqliteBackupService> attachedAsFarAsKnown() {
		return like(this.database.attachedAsFarAsKnown());
	}

	private Map<String, SqliteBackupService> like(Map<String, LiveDatabase> databases) {
		Map<String, SqliteBackupService> services = new LinkedHashMap<>();
		databases.forEach((name, live) -> services.put(name, new SqliteBackupService(SqliteDatabase.of(live),
				this.settings, this.listener, this.places, List::of, this.clock)));
		return services;
	}

	/**
	 * Return the services of all further databases that can be changed through the data
	 * source: those that its connections attach, those that it chooses from, and what
	 * those attach.
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	List<SqliteBackupService> further() {
		List<SqliteBackupService> further = new ArrayList<>(attached().values());
		for (SqliteBackupService target : this.targets.get()) {
			if (target.isKnownToBeUnsupported()) {
				// Nobody needs to wait for a server.
				continue;
			}
			further.add(target);
			further.addAll(target.attached().values());
		}
		return further;
	}

	private boolean isKnownToBeUnsupported() {
		try {
			this.database.fileWithoutConnection();
			return false;
		}
		catch (UnsupportedDatabaseException ex) {
			return true;
		}
	}

	/**
	 * Return whether somebody who knows the other databases tells where the snapshots go.
	 */
	boolean isPlaced() {
		return this.places != null;
	}

	/**
	 * Return where the snapshots of the database are.
	 * @return the absolute path of the directory, which may not exist yet
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 */
	public Path directory() {
		return directoryFor(live().file());
	}

	/**
	 * Return the snapshots that there are.
	 * @return the snapshots, newest first
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 * @throws BackupException if they cannot be listed
	 */
	public List<Snapshot> list() {
		return directoryOf(live().file()).list();
	}

	/**
	 * Return the snapshot with a name. The name is only compared, never used as a path.
	 * @param name the file name of the snapshot; anything at all
	 * @return the snapshot, or empty if there is none of that name
	 * @throws UnsupportedDatabaseException if the database is not SQLite or has no file
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public Optional<Snapshot> find(String name) {
		return list().stream().filter((snapshot) -> snapshot.name().toString().equals(name)).findFirst();
	}

	/**
	 * Check a snapshot again. Nothing is changed, and no file is made beside it.
	 * @param snapshot the file of the snapshot
	 * @param mode how thoroughly
	 * @return what was found
	 * @throws BackupException if it is the live database itself
	 */
	public Verification verify(Path snapshot, VerificationMode mode) {
		Restore.requireOther(snapshot, live().file());
		return SnapshotVerifier.verify(snapshot, mode, checkOf(snapshot));
	}

	/**
	 * Return whether anybody else has the database open.
	 * @return whether it is open, as far as can be told
	 */
	public OpenState use() {
		return OpenState.of(live());
	}

	/**
	 * Summarise what is in the database now.
	 * @return the summary
	 * @throws BackupException if it cannot be read
	 */
	public DatabaseSummary summary() {
		return DatabaseSummary.ofLive(live(), this.settings.busyTimeout());
	}

	/**
	 * Return what shows that a file is no snapshot of this database, but of another one:
	 * its name, or that both have tables and none in common. One that lies where the
	 * snapshots of this database are known to be is one of it.
	 * @param snapshot the file of the snapshot
	 * @return what shows it, as in <em>its name says that it is of prod</em>, or empty if
	 * nothing does
	 */
	public Optional<String> signOfAnotherDatabase(Path snapshot) {
		Path file = behindLinks(snapshot);
		LiveDatabase database = live();
		Optional<String> named = SnapshotName.databaseIn(file.getFileName().toString());
		if (named.isPresent() && !named.get().equals(SnapshotName.databaseOf(database.file()))) {
			return Optional.of("its name says that it is of " + named.get());
		}
		Path directory = directoryFor(database.file());
		boolean known = named.isPresent() && SnapshotDirectories.identity(directory).equals(file.getParent())
				&& new SnapshotOwner(directory, database.file()).isDatabase();
		if (!known && TableNames.areOfDifferentDatabases(TableNames.ofSnapshot(file),
				TableNames.ofLive(database, this.settings.busyTimeout()))) {
			return Optional.of("it has no table in common with the database");
		}
		return Optional.empty();
	}

	/**
	 * Check that a snapshot can be restored, without doing so.
	 * @param snapshot the file of the snapshot
	 * @throws BackupException if the snapshot is damaged or missing, or the live database
	 * itself
	 */
	public void requireSound(Path snapshot) {
		Path file = behindLinks(snapshot);
		Restore.requireOther(file, live().file());
		Restore.requireSound(file, checkOf(file));
	}

	/**
	 * Put the content of a snapshot back into the database. What is there now is kept: in
	 * a snapshot with the reason {@code pre-restore}, and if it is damaged or no
	 * database, also as it is, beside the database. The snapshot itself stays what and
	 * where it is.
	 * @param snapshot the file of the snapshot
	 * @param evenIfOpen whether to go on when another connection has the database open;
	 * it then sees the restored data with its next query. Of a database that is opened
	 * without locks, and was named by its file or URL, it says that nobody has
	 * @return what was done
	 * @throws BackupException if the snapshot is damaged or missing, the database is open
	 * elsewhere, or it fails for another reason; the database is then what it was, unless
	 * the message says otherwise
	 */
	public RestoreResult restore(Path snapshot, boolean evenIfOpen) {
		SqliteBackupService backups = (evenIfOpen && !live().allowsSecondConnection()) ? whenUnused() : this;
		return Objects.requireNonNull(backups.restore(snapshot, evenIfOpen, SnapshotReason.PRE_RESTORE,
				WhenUnchanged.LINK, SnapshotDirectory::newestIfSame));
	}

	private SqliteBackupService whenUnused() {
		return new SqliteBackupService(this.database.whenUnused(), this.settings, this.listener, this.places,
				this.targets, this.clock);
	}

	/**
	 * What lies beside a file tells whether it is a snapshot, not what lies beside a link
	 * to it.
	 */
	private static Path behindLinks(Path snapshot) {
		try {
			return snapshot.toRealPath();
		}
		catch (IOException ex) {
			return snapshot.toAbsolutePath().normalize();
		}
	}

	/**
	 * Keep what is there and put a snapshot back, unless what is there is the same.
	 * @return what was done, or {@code null} if what is there is what the snapshot has
	 */
	private @Nullable RestoreResult restore(Path snapshot, boolean evenIfOpen, SnapshotReason reason,
			WhenUnchanged whenUnchanged, BiFunction<SnapshotDirectory, PartialFile, Optional<Snapshot>> findSame) {
		LiveDatabase database = live();
		Path file = database.file();
		List<Runnable> afterwards = new ArrayList<>();
		RestoreResult result;
		try (CopyQueue.Permit permit = CopyQueue.of(file).awaitHoweverLong(file, this.settings.busyTimeout())) {
			Duration lockTimeout = permit.begin();
			result = new Restore(database, (copy) -> {
				try {
					BackupResult kept = new Request(database, reason, permit).take(copy, whenUnchanged, findSame);
					afterwards.add(() -> report(kept));
					return kept;
				}
				catch (BackupException ex) {
					afterwards.add(() -> tell((listener) -> listener.onFailure(ex)));
					throw ex;
				}
			}, lockTimeout, new ProgressReport(file), this::checkOf).restore(behindLinks(snapshot), now(), evenIfOpen);
		}
		finally {
			// Not while nobody else can commit.
			afterwards.forEach(Runnable::run);
		}
		if (result != null) {
			logger.info("Restored {} from {} in {} ms ({})", result.database(), result.snapshot(),
					result.took().toMillis(), result.verification().summary());
			if (result.journalModeUnknown()) {
				logger.info("Nothing tells which journal mode {} had, so it has a rollback journal now."
						+ " If it was in WAL mode, set that again with PRAGMA journal_mode = WAL.", file);
			}
			endUnfinishedChange(file, result.snapshot());
		}
		return result;
	}

	/**
	 * What is restored is restored, whether or not there are other snapshots to look at.
	 */
	private void endUnfinishedChange(Path file, Path restored) {
		try {
			if (!isSinceUnfinishedChange(restored)) {
				unfinishedChange(file).end();
			}
		}
		catch (BackupException ex) {
			logger.warn(
					"The database {} was restored. Whether an earlier start was changing its schema cannot be told: {}",
					file, ex.getMessage());
		}
	}

	/**
	 * Note that the application, which is starting, is about to change the schema. To be
	 * followed by {@link #endChange} when it has started.
	 * @param before the snapshot that was just taken
	 * @return the snapshot from before the change: that one, or if an earlier start began
	 * to change the schema and did not come to its end, the one from before that
	 */
	Snapshot beginChange(Snapshot before) {
		Optional<Snapshot> first = beforeUnfinishedChange();
		if (first.isEmpty() || first.get().equals(before)) {
			if (first.isEmpty()) {
				unfinishedChange(database()).begin(before.name());
			}
			return before;
		}
		logger.warn(
				"An earlier start began to change the schema of {} and did not come to its end."
						+ " The database as it was before that is in {}, and as it was before this start in {}.",
				database(), first.get().file(), before.file());
		return first.get();
	}

	/**
	 * Note that the application has started, or that its change of the schema was undone.
	 */
	void endChange() {
		unfinishedChange(database()).end();
	}

	/**
	 * Return the snapshot from before a start of the application that began to change the
	 * schema and did not come to its end, if the last start that did anything is of that
	 * kind.
	 * @return the snapshot, or empty if there is no such start, or the snapshot is gone
	 * or damaged
	 */
	public Optional<Snapshot> beforeUnfinishedChange() {
		return unfinishedChange(database()).snapshot().flatMap(this::find).filter(this::isUsable);
	}

	/**
	 * Return what somebody should know who goes back to the newest snapshot, since it may
	 * not be the one that they mean.
	 * @param newest the newest snapshot
	 * @return in a sentence or two that it is of what a failed start left, or that the
	 * database already is so, and which older one differs, with the line that restores it
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public Optional<String> aboutNewest(Snapshot newest) {
		String already = isStill(newest) ? "The database already is as it is in " + newest.name() + ". " : "";
		Optional<Snapshot> before = beforeUnfinishedChange().filter((snapshot) -> !snapshot.equals(newest));
		if (before.isPresent()) {
			return Optional.of(already + "A start of the application began to change the schema and did not come to its"
					+ " end. The database as it was before that is in " + before.get().name() + ". To restore that:"
					+ lineFor(before.get()));
		}
		if (already.isEmpty()) {
			return Optional.empty();
		}
		return Optional.of(already + list().stream()
			.filter((snapshot) -> snapshot.isCandidate() && !SnapshotDirectory.isSame(newest.file(), snapshot))
			.findFirst()
			.map((older) -> "The newest snapshot that differs is " + older.name() + ". To restore that:"
					+ lineFor(older))
			.orElse("There is no snapshot that differs."));
	}

	private String lineFor(Snapshot snapshot) {
		LiveDatabase live = live();
		return RestoreCommandLine.below(snapshot.file(), live.file(), live.access().parameters());
	}

	private boolean isUsable(Snapshot snapshot) {
		try {
			return !snapshot.live()
					&& !(verify(snapshot.file(), VerificationMode.QUICK) instanceof Verification.Corrupt);
		}
		catch (BackupException ex) {
			logger.debug("Not to be named: {}", snapshot.file(), ex);
			return false;
		}
	}

	/**
	 * Return whether a snapshot is one of what was left of an unfinished change.
	 */
	private boolean isSinceUnfinishedChange(Path snapshot) {
		Optional<String> before = unfinishedChange(database()).snapshot();
		return before.isPresent() && list().stream()
			.takeWhile((listed) -> !listed.name().toString().equals(before.get()))
			.anyMatch((listed) -> behindLinks(listed.file()).equals(snapshot));
	}

	private UnfinishedChange unfinishedChange(Path file) {
		return new UnfinishedChange(directoryFor(file), file);
	}

	/**
	 * Put the database back as it was before a migration that failed. What the migration
	 * left is kept in a snapshot with the reason {@code failed-migration}, unless there
	 * is one with the same rows already: an application that is started again and again
	 * does not fill the disk.
	 * @param before the snapshot from before the migration
	 * @return what was kept and put back
	 * @throws BackupException if it fails; the database is then what the migration left,
	 * unless the message says otherwise
	 */
	UndoneMigration undoMigration(Snapshot before) {
		Path directory = before.file().resolveSibling("");
		// The application may be gone, and with it those who listen and those who know
		// where snapshots go.
		return new SqliteBackupService(SqliteDatabase.of(live()), this.settings, new BackupListener() {
		}, (file) -> directory, List::of, this.clock).undo(before);
	}

	/**
	 * Return whether the database still is what a snapshot from before a migration holds,
	 * to the byte.
	 * @param before the snapshot from before the migration
	 * @return {@code false} as well if it cannot be told
	 */
	boolean isStill(Snapshot before) {
		LiveDatabase live = live();
		if (!DatabaseProbe.mayBeOpened(live.file())) {
			// SQLite would remove what lies beside it.
			return false;
		}
		SnapshotDirectory directory = new SnapshotDirectory(before.file().resolveSibling(""), live.file(),
				this.clock.withZone(this.settings.timeZone()));
		try (CopySource source = CopySource.open(live, this.settings.busyTimeout())) {
			if (source.state().size() != before.size()) {
				return false;
			}
			directory.prepare(source.state().size(), this.settings.minFreeSpace());
			try (PartialFile partial = directory.stage()) {
				new OnlineCopy(source).to(partial.path(), (bytes, totalBytes) -> {
				});
				return SnapshotDirectory.isSame(partial.path(), before);
			}
		}
		catch (BackupException ex) {
			logger.debug("Whether {} is still as in {} cannot be told", live.file(), before.file(), ex);
			return false;
		}
	}

	private UndoneMigration undo(Snapshot before) {
		requireSound(before.file());
		RestoreResult result = restore(before.file(), true, SnapshotReason.FAILED_MIGRATION, WhenUnchanged.KEEP,
				(directory, partial) -> directory.beforeOrFailed(partial, before));
		if (result == null) {
			endChange();
			return new UndoneMigration(before, false, null);
		}
		return new UndoneMigration(before, true, result.kept());
	}

	/**
	 * Return whom to tell of the check of a file.
	 */
	private Progress checkOf(Path file) {
		return (bytes, totalBytes) -> this.listener.onCheckProgress(file, bytes, totalBytes);
	}

	private Path directoryFor(Path file) {
		return ownerFor(file).directory();
	}

	private SnapshotOwner ownerFor(Path file) {
		return new SnapshotOwner((this.places != null) ? this.places.apply(file) : this.settings.directoryFor(file),
				file);
	}

	private SnapshotDirectory directoryOf(Path file) {
		return new SnapshotDirectory(directoryFor(file), file, this.clock.withZone(this.settings.timeZone()));
	}

	private void log(BackupResult result) {
		if (result instanceof BackupResult.NothingToBackUp nothing) {
			logNothing(nothing.database());
		}
		else if (result instanceof BackupResult.Unchanged unchanged) {
			log(unchanged.database(), unchanged.verification(), "Not changed since the newest snapshot: {} is still {}",
					unchanged.snapshot(), unchanged.took());
		}
		else if (result instanceof BackupResult.Created created) {
			log(created.database(), created.verification(), "Backed up {} to {}", created.snapshot(), created.took());
		}
	}

	private void logNothing(Path file) {
		List<Snapshot> snapshots = list().stream().filter((snapshot) -> !snapshot.live()).toList();
		if (snapshots.isEmpty()) {
			logger.info("Nothing to back up: there is no data in {} yet", file);
			return;
		}
		Optional<Snapshot> latest = snapshots.stream().filter(Snapshot::isCandidate).findFirst();
		Path snapshot = latest.orElse(snapshots.get(0)).file();
		logger.warn(
				"Nothing to back up: there is no data in {}, although there are {} snapshots of it."
						+ " If its data was lost, stop the application and restore {}, {}:{}",
				file, snapshots.size(), latest.isPresent() ? "the newest" : "what an earlier restore replaced",
				snapshot, RestoreCommandLine.below(snapshot, file, urlParameters()));
	}

	private static void log(Path database, Verification verification, String what, Snapshot snapshot, Duration took) {
		String size = Bytes.format(snapshot.size());
		logger.info(what + " ({} in {} ms, {})", database, snapshot.file(), size, took.toMillis(),
				verification.summary());
		if (verification instanceof Verification.Corrupt corrupt) {
			logger.warn("The database {} is DAMAGED ({}), and so is its snapshot {}."
					+ " Restore an older one, or rescue what there is with the .recover command of the sqlite3 shell.",
					database, String.join("; ", corrupt.findings()), snapshot.file());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable && unverifiable.needsApplication()) {
			logger.info(
					"The snapshot {} is complete, but only the application can check {} ({})."
							+ " To do so, run PRAGMA integrity_check on it with a connection of the application.",
					snapshot.file(), unverifiable.what(), unverifiable.why());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable) {
			logger.warn(
					"The snapshot {} is complete, but {} cannot be read in it ({}), and so probably not in {} either."
							+ " If the application cannot use that any more, rebuild it or restore an older snapshot.",
					snapshot.file(), unverifiable.what(), unverifiable.why(), database);
		}
	}

	private void tell(Consumer<BackupListener> message) {
		try {
			message.accept(this.listener);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The backup itself is not affected.", Secrets.mask(ex));
		}
	}

	/**
	 * What to do when a new snapshot would be the same as the newest.
	 */
	private enum WhenUnchanged {

		KEEP, LINK

	}

	/**
	 * One snapshot, asked for by somebody who may make a copy now.
	 */
	private final class Request {

		// Finding the file may have started the application's connection pool, and others
		// may have been waited for.
		private final long start = System.nanoTime();

		private final LiveDatabase database;

		private final Path file;

		private final SnapshotReason reason;

		private final CopyQueue.Permit permit;

		Request(LiveDatabase database, SnapshotReason reason, CopyQueue.Permit permit) {
			this.database = database;
			this.file = database.file();
			this.reason = reason;
			this.permit = permit;
		}

		BackupResult takeOrShare() {
			SnapshotDirectory directory = directoryOf(this.file);
			return this.permit.begunSince()
				.filter((copy) -> copy.mode() == SqliteBackupService.this.settings.verification())
				.flatMap((copy) -> directory.publishLink(copy.snapshot(), directory.name(this.reason))
					.map((snapshot) -> created(snapshot, copy.verification())))
				.orElseGet(() -> take(WhenUnchanged.LINK, SnapshotDirectory::newestIfSame));
		}

		BackupResult take(WhenUnchanged whenUnchanged,
				BiFunction<SnapshotDirectory, PartialFile, Optional<Snapshot>> findSame) {
			if (FileState.ofDatabase(this.file).isEmpty()) {
				return new BackupResult.NothingToBackUp(this.file);
			}
			Duration lockTimeout = this.permit.begin();
			try (CopySource source = SqliteBackupService.this.database.open(this.database, lockTimeout)) {
				return take(source, whenUnchanged, findSame);
			}
			catch (DatabaseBusyException ex) {
				if (Thread.currentThread().isInterrupted()) {
					throw FileFailures.interrupted("The database " + this.file + " was not copied", ex);
				}
				throw ex;
			}
		}

		BackupResult take(CopySource source, WhenUnchanged whenUnchanged,
				BiFunction<SnapshotDirectory, PartialFile, Optional<Snapshot>> findSame) {
			if (source.state().blank()) {
				return new BackupResult.NothingToBackUp(this.file);
			}
			SnapshotDirectory directory = prepareDirectory(source);
			SnapshotName name = directory.name(this.reason);
			try (PartialFile partial = directory.stage()) {
				copy(source, directory, partial);
				Verification verification = verify(source, partial);
				Optional<Snapshot> same = findSame.apply(directory, partial).filter(directory::isOnDisk);
				if (same.isPresent() && whenUnchanged == WhenUnchanged.KEEP) {
					directory.flushNames(same.get().file());
					return new BackupResult.Unchanged(this.file, same.get(), verification, since(this.start));
				}
				Snapshot snapshot = same.isPresent() ? directory.publishLink(same.get(), partial, name)
						: directory.publish(partial, name);
				if (!this.reason.isReplacedState()) {
					this.permit.copied(snapshot, verification, SqliteBackupService.this.settings.verification());
				}
				return created(snapshot, verification);
			}
		}

		private SnapshotDirectory prepareDirectory(CopySource source) {
			SnapshotDirectory directory;
			do {
				directory = directoryOf(this.file);
				directory.prepare(source.state().size(), SqliteBackupService.this.settings.minFreeSpace());
			}
			while (!SnapshotOwner.claim(directory, source::tables));
			return directory;
		}

		private void copy(CopySource source, SnapshotDirectory directory, PartialFile partial) {
			OnlineCopy copy = new OnlineCopy(source);
			try {
				copy.to(partial.path(), new ProgressReport(this.file));
			}
			catch (BackupException ex) {
				this.permit.released(copy.longestLock());
				if (ex.getClass() == BackupException.class) {
					directory.freeSpace().requireInFact(partial, source.state().size(), ex);
				}
				throw ex;
			}
			this.permit.released(copy.longestLock());
		}

		private BackupResult created(Snapshot snapshot, Verification verification) {
			return new BackupResult.Created(this.file, snapshot, verification, since(this.start));
		}

	}

	/**
	 * Tells the listener of a copy, and the log if it takes more than a few seconds.
	 */
	private final class ProgressReport implements Progress {

		private static final Duration INTERVAL = Duration.ofSeconds(3);

		private final Path file;

		private long nextAt = System.nanoTime() + INTERVAL.toNanos();

		ProgressReport(Path file) {
			this.file = file;
		}

		@Override
		public void at(long bytes, long totalBytes) {
			if (System.nanoTime() - this.nextAt >= 0) {
				this.nextAt = System.nanoTime() + INTERVAL.toNanos();
				logger.info("Copying {}: {} of {}", this.file, Bytes.format(bytes), Bytes.format(totalBytes));
			}
			SqliteBackupService.this.listener.onProgress(this.file, bytes, totalBytes);
		}

	}

}
