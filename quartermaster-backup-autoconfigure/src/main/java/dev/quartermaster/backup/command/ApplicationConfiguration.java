/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotDirectories;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The configuration of the application, as far as its environment tells.
 */
final class ApplicationConfiguration {

	private static final String DATABASE_URL_VARIABLE = "QUARTERMASTER_DB_URL";

	/**
	 * Drivers that wrap another one write it into their URLs.
	 */
	private static final Pattern WRAPPERS = Pattern.compile("^jdbc:(?:(?!sqlite:)[A-Za-z0-9+.-]+:)+(?=sqlite:)");

	private static final String CORRECT = "Correct it, or leave it out to use the default.";

	private final List<String> commandLine;

	private final Supplier<ApplicationProperties> source;

	private @Nullable ApplicationProperties properties;

	private @Nullable ConfiguredDatabases databases;

	private final Map<Path, SqliteDatabase> found = new LinkedHashMap<>();

	private final Map<Path, String> origins = new HashMap<>();

	/**
	 * Create a new instance.
	 * @param commandLine the properties that were typed
	 * @param source waits for the properties of the application
	 */
	ApplicationConfiguration(List<String> commandLine, Supplier<ApplicationProperties> source) {
		this.commandLine = commandLine;
		this.source = source;
	}

	ApplicationProperties properties() {
		if (this.properties == null) {
			this.properties = this.source.get();
		}
		Throwable failure = this.properties.failure();
		if (failure != null) {
			Throwable cause = Secrets.mask(failure);
			throw new BackupException(
					"The configuration of the application cannot be read (" + cause.getMessage() + ")",
					"Correct it, or add --debug to see where it fails.", cause);
		}
		return this.properties;
	}

	/**
	 * Return the settings of the application.
	 * @param directory the directory given outright, or {@code null}
	 */
	BackupSettings settings(@Nullable Path directory) {
		BackupSettings defaults = BackupSettings.DEFAULTS;
		try {
			return new BackupSettings((directory != null) ? directory : directory(),
					backup("verification", VerificationMode.class, defaults.verification()),
					backup("busy-timeout", Duration.class, defaults.busyTimeout()),
					backup("time-zone", ZoneId.class, defaults.timeZone()),
					backup("min-free-space", DataSize.class, DataSize.ofBytes(defaults.minFreeSpace())).toBytes())
				.withRetention(ConfiguredRetention.of(properties()))
				.withApplication(ReleaseInJar.of(properties().values()));
		}
		catch (IllegalArgumentException ex) {
			throw new BackupException(
					"A property " + ApplicationProperties.BACKUP + "* has an invalid value: " + ex.getMessage(),
					CORRECT, ex);
		}
	}

	/**
	 * Return whether the application is configured with the zone of the stamps in names.
	 */
	boolean hasTimeZone() {
		return StringUtils.hasText(properties().values().get(ApplicationProperties.BACKUP + "time-zone"));
	}

	/**
	 * Return settings for one of the databases: with the directory in which the
	 * application keeps its snapshots apart from those of another one, if it must.
	 * @param settings the settings for all of them
	 * @param database the one
	 */
	BackupSettings apart(BackupSettings settings, SqliteDatabase database) {
		Path file = database.file();
		Path directory = new SnapshotDirectories(settings, configured().files()).directoryFor(file);
		return settings.withDirectory(directory);
	}

	private @Nullable Path directory() {
		String directory = backup("dir", String.class, "");
		try {
			return StringUtils.hasText(directory) ? BackupSettings.directory(directory) : null;
		}
		catch (InvalidPathException ex) {
			throw new UsageException("The property quartermaster.backup.dir is not a valid path: " + ex.getMessage());
		}
	}

	private <T> T backup(String name, Class<T> type, T otherwise) {
		String value = properties().values().get(ApplicationProperties.BACKUP + name);
		if (!StringUtils.hasText(value)) {
			return otherwise;
		}
		try {
			T converted = ApplicationConversionService.getSharedInstance().convert(value.trim(), type);
			return (converted != null) ? converted : otherwise;
		}
		catch (ConversionException ex) {
			throw new BackupException("The property " + ApplicationProperties.BACKUP + name
					+ " has the invalid value \"" + Secrets.maskUrl(value) + "\"", CORRECT, Secrets.mask(ex));
		}
	}

	/**
	 * Return the database of the application.
	 * @param url its URL given outright, or {@code null}
	 * @param name its name if there are several, or {@code null}
	 */
	SqliteDatabase database(@Nullable String url, @Nullable String name) {
		if (url != null) {
			return of(url);
		}
		String variable = (name == null) ? variable() : null;
		if (variable != null) {
			SqliteDatabase database = of(variable);
			this.origins.put(database.file(), "the environment variable " + DATABASE_URL_VARIABLE);
			return database;
		}
		String doubt = properties().doubt();
		if (doubt != null) {
			throw new BackupException("It is unknown which database the application uses: " + doubt,
					"Specify the database with --url, as in --url jdbc:sqlite:app.db.", null);
		}
		return choose(configured(), name);
	}

	/**
	 * Return whether a variable of the environment says which database it is.
	 */
	boolean isGivenByVariable() {
		return variable() != null;
	}

	private @Nullable String variable() {
		boolean onCommandLine = System.getProperty(ApplicationProperties.MAIN_URL) != null || this.commandLine.stream()
			.anyMatch((arg) -> arg.startsWith("--" + ApplicationProperties.MAIN_URL + "="));
		String variable = System.getenv(DATABASE_URL_VARIABLE);
		return (!onCommandLine && StringUtils.hasText(variable)) ? variable : null;
	}

	/**
	 * Return all databases of the application.
	 * @return the databases by their files, as far as is known which it uses
	 */
	Map<Path, SqliteDatabase> databases() {
		if (properties().doubt() == null) {
			configured();
		}
		return this.found;
	}

	/**
	 * Return the properties that were typed.
	 */
	List<String> commandLine() {
		return this.commandLine;
	}

	/**
	 * Return the tables that may lose data in a migration.
	 */
	List<String> expectedLoss() {
		String reason = properties().unresolved().get(ApplicationProperties.EXPECTED_LOSS);
		if (reason != null) {
			throw new BackupException("The property " + ApplicationProperties.EXPECTED_LOSS + " is invalid: " + reason,
					CORRECT, null);
		}
		String tables = properties().values().getOrDefault(ApplicationProperties.EXPECTED_LOSS, "");
		return Arrays.stream(tables.split(",")).map(String::strip).filter(StringUtils::hasText).toList();
	}

	/**
	 * Return where it is configured that a file is the database of the application, for
	 * people to read, or {@code null} if it was given outright.
	 */
	@Nullable String origin(SqliteDatabase database) {
		return this.origins.get(database.file());
	}

	static SqliteDatabase of(String url) {
		return SqliteDatabase.of(WRAPPERS.matcher(url).replaceFirst("jdbc:"));
	}

	private SqliteDatabase choose(ConfiguredDatabases databases, @Nullable String name) {
		List<String> names = (name != null) ? databases.like(name) : List.copyOf(databases.names());
		if (name == null && properties().unresolved().containsKey(ApplicationProperties.MAIN_URL)) {
			// Not another one, because it is the only one that is known here.
			return main();
		}
		if (names.size() == 1) {
			return Objects.requireNonNull(this.found.get(databases.files().get(names.get(0))));
		}
		if (!names.isEmpty()) {
			throw new UsageException("The application is configured with several SQLite databases: "
					+ String.join(", ", names) + ". Choose one with --database.");
		}
		if (name != null && !databases.names().isEmpty()) {
			throw new UsageException("The application is not configured with a SQLite database called "
					+ Secrets.maskUrl(name) + "; it has: " + String.join(", ", databases.names())
					+ ". Choose one of these with --database.");
		}
		return main();
	}

	private SqliteDatabase main() {
		String unresolved = properties().unresolved().get(ApplicationProperties.MAIN_URL);
		if (unresolved != null) {
			throw new BackupException("The property " + ApplicationProperties.MAIN_URL + " refers to " + unresolved
					+ ", which is not set", "Set it, or specify the database with --url.", null);
		}
		String url = properties().values().get(ApplicationProperties.MAIN_URL);
		if (!StringUtils.hasText(url)) {
			throw new BackupException("No database is configured: " + ApplicationProperties.MAIN_URL + " is not set",
					"Specify the database with --url, as in --url jdbc:sqlite:app.db.", null);
		}
		return of(url);
	}

	/**
	 * Return the SQLite databases in the configuration, each file once.
	 */
	private ConfiguredDatabases configured() {
		if (this.databases == null) {
			this.databases = findDatabases();
		}
		return this.databases;
	}

	private ConfiguredDatabases findDatabases() {
		Map<Path, String> owners = new LinkedHashMap<>();
		properties().values().forEach((property, url) -> {
			if (ApplicationProperties.URL.matcher(property).matches() && url.contains("sqlite:")) {
				add(owners, property, url);
			}
		});
		return new ConfiguredDatabases(owners);
	}

	private void add(Map<Path, String> owners, String property, String url) {
		try {
			SqliteDatabase database = of(url);
			Path file = database.file();
			owners.putIfAbsent(file, ApplicationProperties.owner(property));
			this.found.putIfAbsent(file, database);
			this.origins.putIfAbsent(file, properties().origins().getOrDefault(property, property));
		}
		catch (UnsupportedDatabaseException ex) {
			// In memory: nothing to keep.
		}
	}

}
