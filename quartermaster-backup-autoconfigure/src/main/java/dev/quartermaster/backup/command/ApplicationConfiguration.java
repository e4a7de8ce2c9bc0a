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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * What the application is configured with: its files, profiles and environment variables,
 * and the properties on the command line. Nothing of the application is started.
 */
final class ApplicationConfiguration {

	private static final String DATABASE_URL_VARIABLE = "QUARTERMASTER_DB_URL";

	private static final String MAIN_URL = "spring.datasource.url";

	private static final Pattern URL_PROPERTY = Pattern.compile("(?:.*\\.)?([^.]+?)(?:\\.hikari)?\\.(?:jdbc-?)?url",
			Pattern.CASE_INSENSITIVE);

	private static final String BACKUP = "quartermaster.backup.";

	private final List<String> commandLine;

	private @Nullable ConfigurableEnvironment environment;

	ApplicationConfiguration(List<String> commandLine) {
		this.commandLine = commandLine;
	}

	private ConfigurableEnvironment environment() {
		if (this.environment == null) {
			StandardEnvironment environment = new StandardEnvironment();
			environment.getPropertySources()
				.addFirst(new SimpleCommandLinePropertySource(this.commandLine.toArray(String[]::new)));
			RandomValuePropertySource.addToEnvironment(environment);
			new SpringApplicationJsonEnvironmentPostProcessor().postProcessEnvironment(environment,
					new SpringApplication());
			ConfigDataEnvironmentPostProcessor.applyTo(environment);
			this.environment = environment;
		}
		return this.environment;
	}

	/**
	 * Return the settings of the application.
	 * @param directory the directory given outright, or {@code null}
	 */
	BackupSettings settings(@Nullable Path directory) {
		BackupSettings defaults = BackupSettings.DEFAULTS;
		return new BackupSettings((directory != null) ? directory : directory(),
				backup("verification", VerificationMode.class, defaults.verification()),
				backup("busy-timeout", Duration.class, defaults.busyTimeout()),
				backup("time-zone", ZoneId.class, defaults.timeZone()),
				backup("min-free-space", DataSize.class, DataSize.ofBytes(defaults.minFreeSpace())).toBytes());
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
		return Binder.get(environment()).bind(BACKUP + name, type).orElse(otherwise);
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
		boolean onCommandLine = this.commandLine.stream().anyMatch((arg) -> arg.startsWith("--" + MAIN_URL + "="));
		String variable = System.getenv(DATABASE_URL_VARIABLE);
		if (name == null && !onCommandLine && StringUtils.hasText(variable)) {
			return SqliteDatabase.of(variable);
		}
		return choose(configured(), name);
	}

	private SqliteDatabase choose(Map<String, SqliteDatabase> databases, @Nullable String name) {
		if (name != null) {
			SqliteDatabase database = databases.get(name);
			if (database == null) {
				throw new UsageException("There is no SQLite database " + name + " in the configuration, but "
						+ databases.keySet() + ". Give one of these with --database.");
			}
			return database;
		}
		if (databases.size() > 1) {
			throw new UsageException("There are several SQLite databases in the configuration: " + databases.keySet()
					+ ". Say which with --database.");
		}
		return databases.values().stream().findFirst().orElseGet(this::main);
	}

	private SqliteDatabase main() {
		String url = environment().getProperty(MAIN_URL);
		if (!StringUtils.hasText(url)) {
			throw new BackupException("No database is configured: " + MAIN_URL + " is not set",
					"Give the database with --url, as in --url jdbc:sqlite:app.db.", null);
		}
		return SqliteDatabase.of(url);
	}

	/**
	 * Return the SQLite databases in the configuration, each file once, by the name of
	 * what their URL belongs to.
	 */
	private Map<String, SqliteDatabase> configured() {
		Map<String, SqliteDatabase> databases = new LinkedHashMap<>();
		add(databases, MAIN_URL);
		for (PropertySource<?> source : environment().getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String property : enumerable.getPropertyNames()) {
					add(databases, property);
				}
			}
		}
		return databases;
	}

	private void add(Map<String, SqliteDatabase> databases, String property) {
		Matcher matcher = URL_PROPERTY.matcher(property);
		String url = matcher.matches() ? environment().getProperty(property) : null;
		if (url != null && url.startsWith("jdbc:sqlite:")) {
			try {
				SqliteDatabase database = SqliteDatabase.of(url);
				if (databases.values().stream().noneMatch((known) -> known.file().equals(database.file()))) {
					databases.putIfAbsent(matcher.group(1), database);
				}
			}
			catch (UnsupportedDatabaseException ex) {
				// In memory: nothing to keep.
			}
		}
	}

}
