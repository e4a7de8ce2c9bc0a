/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the README and the pages in {@code docs} hold together, and say what the
 * code does.
 */
class DocumentationTests {

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
	void listsEveryPropertyAndNoOther() throws IOException {
		Path metadata = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
		String json = Files.readString(metadata);
		List<String> properties = Pattern.compile("\"name\": \"quartermaster\\.backup\\.([a-z.-]+)\",\\s+\"type\"")
			.matcher(json.substring(json.indexOf("\"properties\": [")))
			.results()
			.map((result) -> result.group(1))
			.toList();
		Map<String, List<String>> rows = DocumentationPage.of("docs/properties.md")
			.table("| `quartermaster.backup.` |");
		assertThat(properties).hasSizeGreaterThan(8).containsExactlyInAnyOrderElementsOf(rows.keySet());
	}

	/**
	 * Return the imports and the class, without its documentation.
	 */
	private static String withoutPreamble(String source) {
		String imports = source.substring(source.indexOf("import "), source.indexOf("/**", source.indexOf("import ")));
		return (imports + source.substring(source.indexOf("@Configuration("))).replace("\t", "    ").strip();
	}

}
