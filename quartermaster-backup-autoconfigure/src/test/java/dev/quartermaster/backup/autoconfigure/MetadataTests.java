/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The metadata that editors and Boot itself read, as they are found on the class path.
 */
class MetadataTests {

	private static final String PREFIX = "quartermaster.backup.";

	private static final Map<String, AnnotatedElement> PROPERTIES = properties();

	@Test
	void everyPropertyIsInTheMetadataAndNoOther() throws IOException {
		assertThat(entries("properties").keySet()).containsExactlyInAnyOrderElementsOf(PROPERTIES.keySet());
	}

	@Test
	void everyPropertyHasDescription() throws IOException {
		assertThat(entries("properties")).allSatisfy((name,
				property) -> assertThat(property.get("description")).asString().hasSizeGreaterThan(10).endsWith("."));
	}

	@Test
	void everyDefaultIsInTheMetadata() throws IOException {
		Map<String, Map<String, Object>> entries = entries("properties");
		assertThat(PROPERTIES).allSatisfy((name, parameter) -> {
			DefaultValue defaultValue = parameter.getAnnotation(DefaultValue.class);
			Object documented = entries.getOrDefault(name, Map.of()).get("defaultValue");
			// No values are the default of a collection, and not in the metadata.
			if (defaultValue == null || defaultValue.value().length == 0) {
				assertThat(documented).isNull();
			}
			else {
				assertThat(documented).hasToString(String.join(",", defaultValue.value()));
			}
		});
	}

	@Test
	void propertiesWithChoicesHaveHints() throws IOException {
		assertThat(entries("hints").keySet()).contains(PREFIX + "verification", PREFIX + "migration.when",
				PREFIX + "migration.on-failure", PREFIX + "time-zone");
	}

	@Test
	void hintsAreOfPropertiesThatExist() throws IOException {
		assertThat(PROPERTIES.keySet()).containsAll(entries("hints").keySet());
	}

	@Test
	void everyAutoConfigurationHasMetadata() throws IOException {
		Properties metadata = new Properties();
		for (URL url : resources("META-INF/spring-autoconfigure-metadata.properties")) {
			try (InputStream stream = url.openStream()) {
				metadata.load(stream);
			}
		}
		assertThat(Contexts.ours()).isNotEmpty();
		assertThat(metadata.stringPropertyNames()).containsAll(Contexts.ours());
	}

	@Test
	void everyAutoConfigurationIsOnTheList() {
		JavaClasses classes = new ClassFileImporter()
			.importUrl(QuartermasterBackupProperties.class.getProtectionDomain().getCodeSource().getLocation());
		assertThat(classes).filteredOn((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.extracting(JavaClass::getName)
			.containsExactlyInAnyOrderElementsOf(Contexts.ours());
	}

	private static Map<String, AnnotatedElement> properties() {
		Map<String, AnnotatedElement> properties = new TreeMap<>();
		collect(QuartermasterBackupProperties.class, PREFIX, properties);
		return properties;
	}

	private static void collect(Class<?> type, String prefix, Map<String, AnnotatedElement> properties) {
		Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
		RecordComponent[] components = type.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			String name = prefix + DataObjectPropertyName.toDashedForm(components[i].getName());
			if (components[i].getType().isRecord()) {
				collect(components[i].getType(), name + ".", properties);
			}
			else {
				properties.put(name, parameters[i]);
			}
		}
	}

	private static Map<String, Map<String, Object>> entries(String section) throws IOException {
		Map<String, Map<String, Object>> entries = new TreeMap<>();
		for (URL url : resources("META-INF/spring-configuration-metadata.json")) {
			try (InputStream stream = url.openStream()) {
				String json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
				Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(json);
				for (Object element : (List<?>) metadata.getOrDefault(section, List.of())) {
					@SuppressWarnings("unchecked")
					Map<String, Object> entry = (Map<String, Object>) element;
					String name = String.valueOf(entry.get("name"));
					if (name.startsWith(PREFIX)) {
						entries.put(name, entry);
					}
				}
			}
		}
		return entries;
	}

	private static Iterable<URL> resources(String name) throws IOException {
		Enumeration<URL> urls = MetadataTests.class.getClassLoader().getResources(name);
		return urls::asIterator;
	}

}
