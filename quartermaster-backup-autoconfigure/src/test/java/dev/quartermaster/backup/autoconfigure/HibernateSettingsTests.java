/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import javax.sql.DataSource;

import org.hibernate.tool.schema.Action;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HibernateSettings}.
 */
class HibernateSettingsTests {

	private static final String AUTO = "hibernate.hbm2ddl.auto";

	private static final String ACTION = "jakarta.persistence.schema-generation.database.action";

	@TempDir
	private Path directory;

	@Test
	void nothingIsChangedWithoutSettings() {
		assertThat(mayChangeSchema(Map.of())).isFalse();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			hibernate.hbm2ddl.auto, create
			hibernate.hbm2ddl.auto, create-drop
			hibernate.hbm2ddl.auto, create-only
			hibernate.hbm2ddl.auto, drop
			hibernate.hbm2ddl.auto, update
			hibernate.hbm2ddl.auto, truncate
			hibernate.hbm2ddl.auto, populate
			hibernate.hbm2ddl.auto, UPDATE
			hibernate.hbm2ddl.auto, what nobody knows
			hibernate.hbm2ddl.auto.orm, update
			jakarta.persistence.schema-generation.database.action, create
			jakarta.persistence.schema-generation.database.action, drop
			jakarta.persistence.schema-generation.database.action, drop-and-create
			jakarta.persistence.schema-generation.database.action, update
			jakarta.persistence.schema-generation.database.action.orm, create
			javax.persistence.schema-generation.database.action, create
			""")
	void schemaIsChanged(String name, String value) {
		assertThat(mayChangeSchema(Map.of(name, value))).isTrue();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			hibernate.hbm2ddl.auto, none
			hibernate.hbm2ddl.auto, validate
			hibernate.hbm2ddl.auto, ' Validate '
			hibernate.hbm2ddl.auto, ''
			hibernate.hbm2ddl.auto,
			jakarta.persistence.schema-generation.database.action, none
			jakarta.persistence.schema-generation.scripts.action, create
			hibernate.hbm2ddl.import_files, import.sql
			""")
	void schemaIsNotChanged(String name, @Nullable String value) {
		Map<String, @Nullable Object> settings = new HashMap<>();
		settings.put(name, value);
		assertThat(mayChangeSchema(settings)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void actionIsUnderstood(Action action) {
		assertThat(mayChangeSchema(Map.of(AUTO, action))).isEqualTo(action != Action.NONE && action != Action.VALIDATE);
	}

	@Test
	void oneThatChangesIsEnough() {
		assertThat(mayChangeSchema(Map.of(AUTO, "validate", ACTION, "create"))).isTrue();
	}

	@Test
	void systemPropertyCounts() {
		System.setProperty(AUTO, "update");
		try {
			assertThat(mayChangeSchema(Map.of())).isTrue();
			assertThat(mayChangeSchema(Map.of(AUTO, "none"))).isFalse();
		}
		finally {
			System.clearProperty(AUTO);
		}
	}

	@Test
	void fileOfHibernateCounts() throws IOException {
		assertThat(mayChangeSchemaWith("hibernate.properties", AUTO + "=update")).isTrue();
		assertThat(mayChangeSchemaWith("hibernate.properties", AUTO + "=validate")).isFalse();
	}

	@Test
	void fileThatCannotBeReadCounts() throws IOException {
		assertThat(mayChangeSchemaWith("hibernate.properties", "hibernate.show_sql=\\u00")).isTrue();
	}

	@Test
	void fileThatIsNotUnderstoodCounts() throws IOException {
		assertThat(mayChangeSchemaWith("META-INF/persistence.xml", "<property name='" + ACTION + "' value='create'/>"))
			.isTrue();
	}

	@Test
	void fileWithoutAnythingAboutTheSchemaDoesNotCount() throws IOException {
		assertThat(
				mayChangeSchemaWith("META-INF/persistence.xml", "<property name='hibernate.show_sql' value='true'/>"))
			.isFalse();
	}

	@Test
	void dataSourceIsOneOfTheSettings() {
		DataSource dataSource = new SQLiteDataSource();
		Map<String, Object> settings = Map.of("jakarta.persistence.nonJtaDataSource", dataSource,
				"hibernate.connection.url", "jdbc:sqlite:other.db");
		assertThat(new HibernateSettings(settings, getClass().getClassLoader()).dataSource()).isSameAs(dataSource);
	}

	@Test
	void urlOfSqliteIsDataSource() {
		HibernateSettings settings = new HibernateSettings(Map.of("hibernate.connection.url", "jdbc:sqlite:other.db"),
				getClass().getClassLoader());
		assertThat(settings.dataSource()).isNotNull();
		assertThat(settings.meanOtherDatabase()).isFalse();
	}

	@Test
	void urlOfOtherDatabaseIsNoDataSource() {
		HibernateSettings settings = new HibernateSettings(Map.of("jakarta.persistence.jdbc.url",
				"jdbc:h2:tcp://localhost:1/x", "hibernate.connection.username", "me"), getClass().getClassLoader());
		assertThat(settings.dataSource()).isNull();
		assertThat(settings.meanOtherDatabase()).isTrue();
	}

	@Test
	void thereMayBeNoDataSource() {
		assertThat(new HibernateSettings(Map.of(), getClass().getClassLoader()).dataSource()).isNull();
	}

	private boolean mayChangeSchemaWith(String file, String content) throws IOException {
		Path path = this.directory.resolve(file);
		Files.createDirectories(path.getParent());
		Files.writeString(path, content);
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, null)) {
			return new HibernateSettings(Map.of(), loader).mayChangeSchema();
		}
	}

	private boolean mayChangeSchema(Map<String, ?> settings) {
		return new HibernateSettings(settings, getClass().getClassLoader()).mayChangeSchema();
	}

}
