/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.PlaceholderResolutionException;

/**
 * The properties that the command needs, of the environment that an application has
 * prepared. Made of nothing but types of Java's own, so that it can be handed from one
 * class loader to another.
 *
 * @param values the properties and their values, without placeholders; those that name a
 * database, in the order in which they count, and those of the backups
 * @param origins where each comes from, for people to read
 * @param unresolved the placeholders that have no value, by the properties that refer to
 * them
 * @param doubt why these may not be the properties of the application, as a part of a
 * sentence, or {@code null}
 * @param failure why there are none at all, or {@code null}
 */
record ApplicationProperties(Map<String, String> values, Map<String, String> origins, Map<String, String> unresolved,
		@Nullable String doubt, @Nullable Throwable failure) {

	static final String MAIN_URL = "spring.datasource.url";

	static final Pattern URL = Pattern.compile("(.+?)(?:\\.hikari)?\\.(?:jdbc-?)?url", Pattern.CASE_INSENSITIVE);

	static final String BACKUP = "quartermaster.backup.";

	static final String EXPECTED_LOSS = BACKUP + "migration.expected-loss";

	static final String RETENTION = BACKUP + "retention";

	static final String COPIES = BACKUP + "copies";

	static final String OBJECT_STORE = "spring.cloud.aws";

	static final String FLYWAY = "spring.flyway.";

	static final String FLYWAY_PLACEHOLDERS = FLYWAY + "placeholders";

	static final String LIQUIBASE = "spring.liquibase.";

	private static final List<String> SETTINGS = List.of("dir", "verification", "busy-timeout", "time-zone",
			"min-free-space");

	private static final List<String> OF_APPLICATION = List.of("spring.application.name", "spring.application.version",
			FLYWAY + "enabled", FLYWAY + "locations", FLYWAY + "table", FLYWAY + "sql-migration-prefix",
			FLYWAY + "sql-migration-separator", FLYWAY + "sql-migration-suffixes", FLYWAY + "ignore-migration-patterns",
			FLYWAY + "encoding", FLYWAY + "repeatable-sql-migration-prefix", FLYWAY + "placeholder-replacement",
			FLYWAY + "placeholder-prefix", FLYWAY + "placeholder-suffix", FLYWAY + "out-of-order", FLYWAY + "target",
			LIQUIBASE + "enabled", LIQUIBASE + "change-log", LIQUIBASE + "contexts", LIQUIBASE + "label-filter",
			BACKUP + "enabled");

	/**
	 * Names the database to the command and, unlike others, not to the application.
	 */
	private static final String VARIABLE_OF_COMMAND = "quartermaster.db.url";

	static ApplicationProperties of(ConfigurableEnvironment environment, @Nullable String doubt) {
		// As Spring Boot does next.
		// Not by the class that has the name, which is elsewhere in Spring Boot 3.
		PropertySource<?> defaults = environment.getPropertySources().remove(DefaultPropertiesPropertySource.NAME);
		if (defaults != null) {
			environment.getPropertySources().addLast(defaults);
		}
		ConfigurationPropertySources.attach(environment);
		ApplicationProperties properties = new ApplicationProperties(new LinkedHashMap<>(), new LinkedHashMap<>(),
				new LinkedHashMap<>(), doubt, null);
		for (String name : urls(environment)) {
			properties.add(environment, name);
		}
		Binder binder = Binder.get(environment);
		for (String setting : SETTINGS) {
			String name = BACKUP + setting;
			binder.bind(name, String.class).ifBound((value) -> properties.values.put(name, value));
		}
		properties.addUnlessInvalid(EXPECTED_LOSS, () -> binder.bind(EXPECTED_LOSS, Bindable.listOf(String.class))
			.ifBound((tables) -> properties.values.put(EXPECTED_LOSS, String.join(",", tables))));
		properties.addUnlessInvalid(COPIES, () -> binder.bind(COPIES, Bindable.listOf(ConfiguredPlace.class))
			.ifBound((places) -> properties.values.put(COPIES, ConfiguredPlace.join(places))));
		for (String name : List.of(RETENTION, FLYWAY_PLACEHOLDERS, OBJECT_STORE)) {
			properties.addUnlessInvalid(name, () -> binder.bind(name, Bindable.mapOf(String.class, String.class))
				.ifBound((all) -> all.forEach((key, value) -> properties.values.put(name + "." + key, value))));
		}
		for (String name : OF_APPLICATION) {
			properties.addUnlessInvalid(name, () -> binder.bind(name, Bindable.listOf(String.class))
				.ifBound((parts) -> properties.values.put(name, String.join(",", parts))));
		}
		return properties;
	}

	/**
	 * What is invalid matters to those alone that need it.
	 */
	private void addUnlessInvalid(String name, Runnable binding) {
		try {
			binding.run();
		}
		catch (BindException ex) {
			this.unresolved.put(name, Secrets.mask(String.valueOf(ex.getMessage())));
		}
	}

	static ApplicationProperties unreadable(Throwable failure) {
		return new ApplicationProperties(Map.of(), Map.of(), Map.of(), null, failure);
	}

	ApplicationProperties doubted(String reason) {
		return new ApplicationProperties(this.values, this.origins, this.unresolved, reason, this.failure);
	}

	/**
	 * Return the same as {@link #toArray()} was called on, in another class loader.
	 */
	@SuppressWarnings("unchecked")
	static ApplicationProperties of(@Nullable Object[] array) {
		return new ApplicationProperties((Map<String, String>) Objects.requireNonNull(array[0]),
				(Map<String, String>) Objects.requireNonNull(array[1]),
				(Map<String, String>) Objects.requireNonNull(array[2]), (String) array[3], (Throwable) array[4]);
	}

	@Nullable Object[] toArray() {
		return new @Nullable Object[] { this.values, this.origins, this.unresolved, this.doubt, this.failure };
	}

	private void add(ConfigurableEnvironment environment, String name) {
		try {
			String value = environment.getProperty(name);
			if (value != null && (name.equals(MAIN_URL) || value.contains(":sqlite:"))) {
				this.values.put(name, value);
				this.origins.put(name, Secrets.mask(origin(environment, name)));
			}
		}
		catch (PlaceholderResolutionException ex) {
			// Matters only if it is the one that counts.
			this.unresolved.put(name, String.valueOf(ex.getPlaceholder()));
		}
	}

	/**
	 * Return the names of all properties that may name a database. As an environment
	 * variable a name has lost its dashes and capitals, so that these come last.
	 */
	private static Set<String> urls(ConfigurableEnvironment environment) {
		Set<String> names = new LinkedHashSet<>();
		names.add(MAIN_URL);
		Set<String> variables = new LinkedHashSet<>();
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				boolean isEnvironment = source instanceof SystemEnvironmentPropertySource;
				for (String name : enumerable.getPropertyNames()) {
					String property = isEnvironment ? name.toLowerCase(Locale.ROOT).replace('_', '.') : name;
					if (URL.matcher(property).matches() && !property.equals(VARIABLE_OF_COMMAND)) {
						(isEnvironment ? variables : names).add(property);
					}
				}
			}
		}
		names.addAll(variables);
		return names;
	}

	private static String origin(ConfigurableEnvironment environment, String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			ConfigurationProperty found = source.getConfigurationProperty(name);
			if (found != null) {
				Origin origin = found.getOrigin();
				// Which says in which line, while its source says in which file at most.
				Origin inSource = (origin instanceof PropertySourceOrigin wrapper) ? wrapper.getOrigin() : origin;
				if (inSource instanceof TextResourceOrigin) {
					return property + " in " + inSource;
				}
				return property + " in " + ((source.getUnderlyingSource() instanceof PropertySource<?> underlying)
						? describe(underlying) : source);
			}
		}
		return property;
	}

	private static String describe(PropertySource<?> source) {
		return switch (source.getName()) {
			case "commandLineArgs" -> "the command line";
			case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME -> "the system properties";
			case StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME -> "the environment variables";
			case DefaultPropertiesPropertySource.NAME -> "the default properties of the application";
			default -> source.getName();
		};
	}

	/**
	 * Return what the URL of a property belongs to, such as {@code spring.datasource}.
	 */
	static String owner(String property) {
		Matcher matcher = URL.matcher(property);
		return matcher.matches() ? matcher.group(1) : property;
	}

}
