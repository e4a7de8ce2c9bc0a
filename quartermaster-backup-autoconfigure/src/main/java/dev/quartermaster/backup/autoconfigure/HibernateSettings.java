/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

import org.springframework.core.io.UrlResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The settings of Hibernate that are about the schema and the database: those that it is
 * given, and those that it looks for besides. What cannot be determined for sure is
 * answered as if it changed the schema.
 */
final class HibernateSettings {

	private static final Logger logger = LoggerFactory.getLogger(HibernateSettings.class);

	private static final List<String> ACTIONS = List.of("hibernate.hbm2ddl.auto",
			"jakarta.persistence.schema-generation.database.action",
			"javax.persistence.schema-generation.database.action");

	private static final Set<String> HARMLESS = Set.of("", "none", "validate");

	private static final List<String> DATA_SOURCES = List.of("jakarta.persistence.jtaDataSource",
			"jakarta.persistence.nonJtaDataSource", "javax.persistence.jtaDataSource",
			"javax.persistence.nonJtaDataSource", "hibernate.connection.datasource");

	private static final List<String> URLS = List.of("jakarta.persistence.jdbc.url", "javax.persistence.jdbc.url",
			"hibernate.connection.url");

	private final Map<Object, Object> settings = new HashMap<>();

	private final @Nullable ClassLoader classLoader;

	private final boolean complete;

	/**
	 * Create a new instance.
	 * @param settings those that Hibernate is given
	 * @param classLoader with which Hibernate looks for its files
	 */
	HibernateSettings(Map<?, ?> settings, @Nullable ClassLoader classLoader) {
		this.classLoader = classLoader;
		Map<?, ?> ofFile = ofFile();
		this.complete = ofFile != null;
		this.settings.putAll((ofFile != null) ? ofFile : Map.of());
		this.settings.putAll(System.getProperties());
		this.settings.putAll(settings);
	}

	private @Nullable Map<?, ?> ofFile() {
		try {
			return PropertiesLoaderUtils.loadAllProperties("hibernate.properties", this.classLoader);
		}
		catch (IOException | IllegalArgumentException ex) {
			// What Hibernate makes of such a file is its own affair.
			logger.debug("The file hibernate.properties cannot be read", Secrets.mask(ex));
			return null;
		}
	}

	/**
	 * Return whether the schema changes when Hibernate starts, or may do so.
	 */
	boolean mayChangeSchema() {
		if (!this.complete) {
			return true;
		}
		List<String> actions = this.settings.entrySet()
			.stream()
			.filter((entry) -> isAction(entry.getKey()))
			.map((entry) -> text(entry.getValue()))
			.toList();
		if (actions.isEmpty()) {
			return isMentionedIn("META-INF/persistence.xml") || isMentionedIn("hibernate.cfg.xml");
		}
		return !HARMLESS.containsAll(actions);
	}

	/**
	 * The name of a part of the model may follow.
	 */
	private static boolean isAction(Object key) {
		return key instanceof String name && ACTIONS.stream().anyMatch(name::startsWith);
	}

	private static String text(@Nullable Object value) {
		String text = (value instanceof Enum<?> action) ? action.name() : String.valueOf(value);
		return (value == null) ? "" : text.trim().toLowerCase(Locale.ROOT);
	}

	/**
	 * Which of the units in the file will be used is not known here, so none of it is
	 * understood.
	 */
	private boolean isMentionedIn(String file) {
		try {
			ClassLoader loader = (this.classLoader != null) ? this.classLoader : ClassLoader.getSystemClassLoader();
			for (URL url : Collections.list(loader.getResources(file))) {
				String text = new UrlResource(url).getContentAsString(StandardCharsets.UTF_8);
				if (text.contains("hbm2ddl.auto") || text.contains("schema-generation")) {
					return true;
				}
			}
			return false;
		}
		catch (IOException ex) {
			logger.debug("The file {} cannot be read", file, Secrets.mask(ex));
			return true;
		}
	}

	/**
	 * Return the data source that the settings mean, if there is one among them.
	 */
	@Nullable DataSource dataSource() {
		for (String name : DATA_SOURCES) {
			if (this.settings.get(name) instanceof DataSource dataSource) {
				return dataSource;
			}
		}
		String url = url();
		return (url != null && url.startsWith(JDBC.PREFIX)) ? new DriverManagerDataSource(url) : null;
	}

	/**
	 * Return whether the settings mean a database that is certainly not of SQLite. It is
	 * not asked: user and password are among other settings.
	 */
	boolean meanOtherDatabase() {
		String url = url();
		return dataSource() == null && url != null && !url.contains(":sqlite:");
	}

	private @Nullable String url() {
		for (String name : URLS) {
			if (this.settings.get(name) instanceof String url) {
				return url;
			}
		}
		return null;
	}

}
