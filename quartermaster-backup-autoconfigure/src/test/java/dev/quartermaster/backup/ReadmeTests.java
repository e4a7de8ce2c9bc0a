/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the README says what the code does.
 */
class ReadmeTests {

	private static final Path README = Path.of("..", "README.md");

	@Test
	void showsTheLinesThatLetAnOperatorIn() throws IOException {
		Path tested = Path.of("src/test/java/dev/quartermaster/backup/actuate/OperatorAccessConfiguration.java");
		assertThat(codeBlocks("java")).contains(withoutPreamble(Files.readString(tested)));
	}

	@Test
	void listsEveryProperty() throws IOException {
		Path metadata = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
		String json = Files.readString(metadata);
		List<String> properties = Pattern.compile("\"name\": \"quartermaster\\.backup\\.([a-z.-]+)\",\\s+\"type\"")
			.matcher(json.substring(json.indexOf("\"properties\": [")))
			.results()
			.map((result) -> result.group(1))
			.toList();
		assertThat(properties).hasSizeGreaterThan(8);
		String readme = Files.readString(README);
		assertThat(properties).allSatisfy((name) -> assertThat(readme).contains("| `" + name + "` |"));
	}

	/**
	 * Return the imports and the class, without its documentation.
	 */
	private static String withoutPreamble(String source) {
		String imports = source.substring(source.indexOf("import "), source.indexOf("/**", source.indexOf("import ")));
		return (imports + source.substring(source.indexOf("@Configuration("))).replace("\t", "    ").strip();
	}

	private static List<String> codeBlocks(String language) throws IOException {
		Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(README));
		return block.results().map((result) -> result.group(1).strip()).toList();
	}

}
