/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

/**
 * The check for what endangers the databases of an application although everything works.
 * For each danger there is one warning, whose last sentence is what to do.
 * <ul>
 * <li>A SQLite that can corrupt a database in WAL mode.</li>
 * <li>A database or snapshots on a file system that goes with the container or the
 * machine.</li>
 * <li>A database on a network file system. Snapshots are well kept there.</li>
 * </ul>
 * A database in the directory for temporary files is left out: whoever put it there knows
 * that it does not last.
 */
public final class EnvironmentCheck {

	private static final Logger logger = LoggerFactory.getLogger(EnvironmentCheck.class);

	/**
	 * The first that has none of the versions of SQLite with the bug.
	 */
	private static final String MENDED_DRIVER = "3.51.3.0";

	private static final String OFF = " To turn off this warning, set quartermaster.backup.check-environment=false.";

	private final Supplier<List<SqliteBackupService>> databases;

	private final Mounts mounts;

	private final Path temporary;

	private final SnapshotGrowth growth;

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param registry the databases of the application
	 */
	public EnvironmentCheck(SqliteBackupRegistry registry) {
		this(registry::located, Mounts.ofThisProcess(), Path.of(System.getProperty("java.io.tmpdir")),
				new SnapshotGrowth(Clock.systemUTC(), SnapshotGrowth.Volume::of));
	}

	/**
	 * Create a new instance.
	 * @param databases gives the databases
	 * @param mounts the file systems that there are
	 * @param temporary the directory for temporary files
	 * @param growth warns of what snapshots take
	 */
	EnvironmentCheck(Supplier<List<SqliteBackupService>> databases, Mounts mounts, Path temporary,
			SnapshotGrowth growth) {
		this.databases = databases;
		this.mounts = mounts;
		this.temporary = temporary;
		this.growth = growth;
	}

	/**
	 * Look at everything and warn of what was found. No connection of the application is
	 * used. Never fails.
	 */
	public void run() {
		try {
			List<SqliteBackupService> lasting = this.databases.get()
				.stream()
				.filter((database) -> !isTemporary(database.database()))
				.toList();
			checkFileSystems(lasting);
			checkWriteAheadLogs(lasting);
			lasting.forEach(this::checkGrowth);
		}
		catch (RuntimeException | LinkageError ex) {
			// The application may be stopping already.
			logger.debug("The environment could not be checked", Secrets.mask(ex));
		}
	}

	private void checkGrowth(SqliteBackupService database) {
		try {
			this.growth.check(database);
		}
		catch (IOException | BackupException ex) {
			// There may be no database yet, or nothing of it can be seen.
			logger.debug("It is unknown how much the snapshots of {} take", database.database(), ex);
		}
	}

	private boolean isTemporary(Path database) {
		return RealPath.of(database).startsWith(RealPath.of(this.temporary));
	}

	private void checkFileSystems(List<SqliteBackupService> databases) {
		Map<String, Found> found = new LinkedHashMap<>();
		for (SqliteBackupService database : databases) {
			Path file = database.database();
			this.mounts.typeOf(file)
				.ifPresent((type) -> found.computeIfAbsent(type, (key) -> new Found()).databases().add(file));
			snapshots(database).ifPresent((directory) -> this.mounts.typeOf(directory)
				.ifPresent((type) -> found.computeIfAbsent(type, (key) -> new Found()).snapshots().add(directory)));
		}
		found.forEach(EnvironmentCheck::warnOfFileSystem);
	}

	private static Optional<Path> snapshots(SqliteBackupService database) {
		try {
			return Optional.of(database.directory());
		}
		catch (BackupException ex) {
			// Whoever takes a snapshot says so.
			logger.debug("It is unknown where the snapshots of {} are", database.database(), ex);
			return Optional.empty();
		}
	}

	private static void warnOfFileSystem(String type, Found found) {
		switch (FileSystemKind.of(type)) {
			case OF_CONTAINER -> logger.warn("The file system of a container ({}) is lost together with the"
					+ " container, as when an upgrade replaces it. On it: {}. Mount a volume there, or move them to"
					+ " one: a database by its URL, snapshots with quartermaster.backup.dir.{}", type, found, OFF);
			case IN_MEMORY -> logger.warn("A file system in memory ({}) is lost when the machine or the container"
					+ " stops. On it: {}. Move them to a disk or a volume: a database by its URL, snapshots with"
					+ " quartermaster.backup.dir.{}", type, found, OFF);
			case NETWORK -> {
				if (!found.databases().isEmpty()) {
					logger.warn("On a network file system ({}), the locks that SQLite needs cannot be trusted, and a"
							+ " database can be corrupted. On it: {}. Move it to a disk of this machine by its URL."
							+ " Snapshots can stay on the network, with quartermaster.backup.dir.{}", type,
							new Found(found.databases(), Set.of()), OFF);
				}
			}
			case LASTING -> logger.debug("On {}: {}", type, found);
		}
	}

	/**
	 * Nothing is opened unless the SQLite of this process has the bug.
	 */
	private static void checkWriteAheadLogs(List<SqliteBackupService> databases) {
		Optional<SqliteVersion> version = version().filter(SqliteVersion::hasWalResetBug);
		if (version.isEmpty()) {
			return;
		}
		List<Path> endangered = databases.stream()
			.filter(EnvironmentCheck::isInWalMode)
			.map(SqliteBackupService::database)
			.toList();
		if (!endangered.isEmpty()) {
			logger.warn("SQLite {} can corrupt a database in WAL mode when two connections write or checkpoint at the"
					+ " same moment (https://www.sqlite.org/wal.html, \"The WAL-Reset Bug\"). In WAL mode: {}. Upgrade"
					+ " org.xerial:sqlite-jdbc to {} or later; where Spring Boot manages its version, set the property"
					+ " sqlite-jdbc.version of the build.{}", version.get(), join(endangered), MENDED_DRIVER, OFF);
		}
	}

	private static Optional<SqliteVersion> version() {
		try (Connection connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties());
				Statement statement = connection.createStatement()) {
			return SqliteVersion.parse(query(statement, "SELECT sqlite_version()"));
		}
		catch (SQLException ex) {
			logger.debug("The version of SQLite is unknown", ex);
			return Optional.empty();
		}
	}

	private static boolean isInWalMode(SqliteBackupService database) {
		try {
			return database.read((statement) -> "wal".equalsIgnoreCase(query(statement, "PRAGMA journal_mode")));
		}
		catch (BackupException ex) {
			// There may be no database yet, or nobody but the application may open it.
			logger.debug("It is unknown whether {} is in WAL mode", database.database(), ex);
			return false;
		}
	}

	private static String query(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			return result.next() ? String.valueOf(result.getString(1)) : "";
		}
	}

	private static String join(Collection<Path> files) {
		return files.stream().map(Path::toString).collect(Collectors.joining(", "));
	}

	/**
	 * What lies on a file system.
	 *
	 * @param databases the files of databases
	 * @param snapshots the directories of snapshots
	 */
	private record Found(Set<Path> databases, Set<Path> snapshots) {

		Found() {
			this(new LinkedHashSet<>(), new LinkedHashSet<>());
		}

		@Override
		public String toString() {
			List<String> parts = new ArrayList<>();
			if (!this.databases.isEmpty()) {
				parts.add(((this.databases.size() == 1) ? "the database " : "the databases ") + join(this.databases));
			}
			if (!this.snapshots.isEmpty()) {
				parts.add("the snapshots in " + join(this.snapshots));
			}
			return String.join("; ", parts);
		}

	}

}
