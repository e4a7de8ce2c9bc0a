/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the code in the documentation compiles, and that its builds name what there
 * is.
 */
class CodeSnippetsTests {

	/**
	 * What an editor adds to a snippet that has no imports of its own.
	 */
	private static final String IMPORTS = """
			import java.util.*;
			import java.nio.file.*;
			import javax.sql.DataSource;
			import dev.quartermaster.backup.*;
			import org.springframework.context.*;
			import org.springframework.context.annotation.*;
			import org.springframework.jdbc.core.JdbcTemplate;
			import org.springframework.stereotype.Component;
			""";

	private static final Pattern TYPE = Pattern
		.compile("(?m)^(?:public )?(?:final )?(?:class|record|interface) (\\w+)");

	private static final Pattern OF_MAVEN = Pattern
		.compile("<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>(?:\\s*<version>([^<]+)</version>)?");

	private static final Pattern OF_GRADLE = Pattern.compile("\"([\\w.-]+):([\\w.-]+)(?::([\\w.-]+))?\"");

	private static final String OURS = "dev.quartermaster";

	@Test
	void javaCompiles(@TempDir Path directory) throws IOException {
		List<Path> sources = new ArrayList<>();
		for (String snippet : snippets("java")) {
			String name = snippet.startsWith("import ")
					? TYPE.matcher(snippet).results().map((type) -> type.group(1)).findFirst().orElseThrow()
					: "Snippet" + sources.size();
			sources.add(Files.writeString(directory.resolve(name + ".java"),
					snippet.startsWith("import ") ? snippet : IMPORTS + "class " + name + " {\n" + snippet + "\n}\n"));
		}
		assertThat(sources).hasSizeGreaterThan(3);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter output = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			boolean compiled = compiler
				.getTask(output, files, null, List.of("-proc:none", "-d", directory.toString()), null,
						files.getJavaFileObjectsFromPaths(sources))
				.call();
			assertThat(compiled).as(output.toString()).isTrue();
		}
	}

	@Test
	void buildsNameTheModulesAndTheVersionThatThereAre() throws IOException {
		String parent = Files.readString(Path.of("..", "pom.xml"));
		String version = Pattern.compile("<artifactId>quartermaster-backup-parent</artifactId>\\s*<version>([^<]+)")
			.matcher(parent)
			.results()
			.map((result) -> result.group(1))
			.findFirst()
			.orElseThrow();
		Set<String> modules = Set.of("quartermaster-backup-autoconfigure", "quartermaster-backup-starter");
		List<MatchResult> named = Stream
			.concat(snippets("xml").stream().flatMap((snippet) -> OF_MAVEN.matcher(snippet).results()),
					snippets("kotlin").stream().flatMap((snippet) -> OF_GRADLE.matcher(snippet).results()))
			.filter((coordinates) -> coordinates.group(1).equals(OURS))
			.toList();
		assertThat(named).hasSizeGreaterThan(2).allSatisfy((coordinates) -> {
			assertThat(modules).contains(coordinates.group(2));
			assertThat(coordinates.group(3)).isEqualTo(version);
		});
		assertThat(modules).allSatisfy((module) -> assertThat(parent).contains("<module>" + module + "</module>"));
	}

	private static List<String> snippets(String language) {
		return DocumentationPage.all().stream().flatMap((page) -> page.blocks(language).stream()).toList();
	}

}
