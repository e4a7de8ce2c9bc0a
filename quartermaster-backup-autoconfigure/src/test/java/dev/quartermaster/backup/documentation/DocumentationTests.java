/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.support.DocumentationPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the README and the pages in {@code docs} hold together, and say what the
 * code does.
 */
class DocumentationTests {

	private static final String PREFIX = "quartermaster.backup.";

	private static final String NONE = "none";

	@Test
	void readmeIsForPeopleInHurry() {
		assertThat(DocumentationPage.of("README.md").text().lines()).hasSizeLessThanOrEqualTo(150);
	}

	@Test
	void readmeLeadsToEveryPage() {
		assertThat(DocumentationPage.of("README.md").links()).containsAll(DocumentationPage.all()
			.stream()
			.map(DocumentationPage::toString)
			.filter((name) -> name.startsWith("docs/"))
			.toList());
	}

	@ParameterizedTest
	@MethodSource("dev.quartermaster.backup.support.DocumentationPage#all")
	void everyLinkLeadsSomewhere(DocumentationPage page) {
		assertThat(page.links()).filteredOn((link) -> !link.startsWith("https://")).allSatisfy((link) -> {
			String[] parts = link.split("#", 2);
			Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
			assertThat(target).isRegularFile();
			if (parts.length == 2) {
				assertThat(new DocumentationPage(target, Files.readString(target)).anchors()).contains(parts[1]);
			}
		});
	}

	@Test
	void showsTheLinesThatLetAnOperatorIn() throws IOException {
		Path tested = Path.of("src/test/java/dev/quartermaster/backup/actuate/OperatorAccessConfiguration.java");
		assertThat(DocumentationPage.of("docs/endpoint.md").blocks("java"))
			.contains(withoutPreamble(Files.readString(tested)));
	}

	@Test
	void listsEveryPropertyWithItsDefaultAndNoOther() throws IOException {
		File metadata = new File("target/classes/META-INF/spring-configuration-metadata.json");
		Map<String, String> defaults = new TreeMap<>();
		for (Map<String, Object> property : JsonPath.<List<Map<String, Object>>>read(metadata, "$.properties")) {
			String name = String.valueOf(property.get("name"));
			if (name.startsWith(PREFIX)) {
				defaults.put(name.substring(PREFIX.length()), describe(property.get("defaultValue")));
			}
		}
		Map<String, String> documented = new TreeMap<>();
		DocumentationPage.of("docs/properties.md")
			.table("| `quartermaster.backup.` |")
			.forEach((name, cells) -> documented.put(name,
					cells.get(0).matches("`[^`]+`") ? cells.get(0).replace("`", "") : NONE));
		assertThat(documented).hasSizeGreaterThan(8).isEqualTo(defaults);
	}

	private static String describe(@Nullable Object value) {
		return (value == null || List.of().equals(value)) ? NONE : value.toString();
	}

	/**
	 * Return the imports and the class, without its documentation.
	 */
	private static String withoutPreamble(String source) {
		String imports = source.substring(source.indexOf("import "), source.indexOf("/**", source.indexOf("import ")));
		return (imports + source.substring(source.indexOf("@Configuration("))).replace("\t", "    ").strip();
	}

}
