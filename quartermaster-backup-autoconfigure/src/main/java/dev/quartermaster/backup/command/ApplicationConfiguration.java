/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SnapshotPlaces;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * What the application is configured with: its files, profiles and environment variables,
 * and the properties on the command line. Nothing of the application is started.
 */
final class ApplicationConfiguration {

	private static final String DATABASE_URL_VARIABLE = "QUARTERMASTER_DB_URL";

	private static final String MAIN_URL = "spring.datasource.url";

	private static final Pattern URL_PROPERTY = Pattern.compile("(.+?)(?:\\.hikari)?\\.(?:jdbc-?)?url",
			Pattern.CASE_INSENSITIVE);

	private static final String BACKUP = "quartermaster.backup.";

	private static final String CORRECT = "Correct it, or leave it out for the default.";

	private final List<String> commandLine;

	private final FutureTask<ConfigurableEnvironment> environment = new FutureTask<>(this::prepareEnvironment);

	private final Map<Path, SqliteDatabase> found = new LinkedHashMap<>();

	private @Nullable ConfiguredDatabases databases;

	ApplicationConfiguration(List<String> commandLine) {
		this.commandLine = commandLine;
	}

	/**
	 * Begin to read it, on a thread of its own: that takes as long as all the rest.
	 */
	void readInBackground() {
		Thread thread = new Thread(this.environment, "configuration");
		thread.setDaemon(true);
		thread.start();
	}

	private ConfigurableEnvironment environment() {
		// Does nothing if it has been read, or is being read.
		this.environment.run();
		try {
			return this.environment.get();
		}
		catch (ExecutionException ex) {
			Throwable cause = ex.getCause();
			throw new BackupException(
					"The configuration of the application cannot be read ("
							+ ((cause != null) ? cause.getMessage() : ex.getMessage()) + ")",
					"Correct it, or add --debug to see where it fails.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private ConfigurableEnvironment prepareEnvironment() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new SimpleCommandLinePropertySource(this.commandLine.toArray(String[]::new)));
		RandomValuePropertySource.addToEnvironment(environment);
		if (environment
			.containsProperty(SpringApplicationJsonEnvironmentPostProcessor.SPRING_APPLICATION_JSON_PROPERTY)) {
			// Only then, since a SpringApplication costs as much as a whole file.
			new SpringApplicationJsonEnvironmentPostProcessor().postProcessEnvironment(environment,
					new SpringApplication());
		}
		ConfigDataEnvironmentPostProcessor.applyTo(environment);
		ConfigurationPropertySources.attach(environment);
		return environment;
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
					backup("min-free-space", DataSize.class, DataSize.ofBytes(defaults.minFreeSpace())).toBytes());
		}
		catch (IllegalArgumentException ex) {
			throw new BackupException("A property " + BACKUP + "* cannot be used: " + ex.getMessage(), CORRECT, ex);
		}
	}

	/**
	 * Return settings for one of the databases: with the directory in which the
	 * application keeps its snapshots apart from those of another one, if it must.
	 * @param settings the settings for all of them
	 * @param database the one
	 */
	BackupSettings apart(BackupSettings settings, SqliteDatabase database) {
		Path file = database.file();
		Path directory = new SnapshotPlaces(settings, configured().files()).directoryFor(file);
		return settings.withDirectory(directory);
	}

	private @Nullable Path directory() {
		String directory = backup("dir", String.class, "");
		try {
			return StringUtils.hasText(directory) ? Path.of(directory.trim()) : null;
		}
		catch (InvalidPathException ex) {
			throw new UsageException("The property quartermaster.backup.dir is no path: " + ex.getMessage());
		}
	}

	private <T> T backup(String name, Class<T> type, T otherwise) {
		try {
			return Binder.get(environment()).bind(BACKUP + name, type).orElse(otherwise);
		}
		catch (BindException ex) {
			Object value = (ex.getProperty() != null) ? ex.getProperty().getValue() : null;
			throw new BackupException("The property " + BACKUP + name + " cannot be used: "
					+ ((value != null) ? "it is \"" + value + "\"" : ex.getMessage()), CORRECT, ex);
		}
	}

	/**
	 * Return the database of the application.
	 * @param url its URL given outright, or {@code null}
	 * @param name its name if there are several, or {@code null}
	 */
	SqliteDatabase database(@Nullable String url, @Nullable String name) {
		if (url != null) {
			return SqliteDatabase.of(url);
		}
		boolean onCommandLine = System.getProperty(MAIN_URL) != null
				|| this.commandLine.stream().anyMatch((arg) -> arg.startsWith("--" + MAIN_URL + "="));
		String variable = System.getenv(DATABASE_URL_VARIABLE);
		if (name == null && !onCommandLine && StringUtils.hasText(variable)) {
			return SqliteDatabase.of(variable);
		}
		return choose(configured(), name);
	}

	private SqliteDatabase choose(ConfiguredDatabases databases, @Nullable String name) {
		List<String> names = (name != null) ? databases.like(name) : List.copyOf(databases.names());
		if (names.size() == 1) {
			return Objects.requireNonNull(this.found.get(databases.files().get(names.get(0))));
		}
		if (!names.isEmpty()) {
			throw new UsageException("There are several SQLite databases in the configuration: " + names
					+ ". Say which with --database.");
		}
		if (name != null) {
			throw new UsageException("There is no SQLite database " + name + " in the configuration, but "
					+ databases.names() + ". Give one of these with --database.");
		}
		return main();
	}

	private SqliteDatabase main() {
		String url;
		try {
			url = environment().getProperty(MAIN_URL);
		}
		catch (PlaceholderResolutionException ex) {
			// Its message quotes the URL, which may hold a password.
			throw new BackupException(
					"The property " + MAIN_URL + " refers to " + ex.getPlaceholder() + ", which is not set",
					"Set it, or give the database with --url.", ex);
		}
		if (!StringUtils.hasText(url)) {
			throw new BackupException("No database is configured: " + MAIN_URL + " is not set",
					"Give the database with --url, as in --url jdbc:sqlite:app.db.", null);
		}
		return SqliteDatabase.of(url);
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
		add(owners, MAIN_URL);
		for (PropertySource<?> source : environment().getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String property : enumerable.getPropertyNames()) {
					add(owners, property);
				}
			}
		}
		return new ConfiguredDatabases(owners);
	}

	private void add(Map<Path, String> owners, String property) {
		Matcher matcher = URL_PROPERTY.matcher(property);
		if (!matcher.matches()) {
			return;
		}
		try {
			String url = environment().getProperty(property);
			if (url != null && url.startsWith("jdbc:sqlite:")) {
				SqliteDatabase database = SqliteDatabase.of(url);
				owners.putIfAbsent(database.file(), matcher.group(1));
				this.found.putIfAbsent(database.file(), database);
			}
		}
		catch (UnsupportedDatabaseException ex) {
			// In memory: nothing to keep.
		}
		catch (PlaceholderResolutionException ex) {
			// Not of a database, or of one that this environment does not have.
		}
	}

}
