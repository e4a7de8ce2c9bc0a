/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.quartermaster.backup.autoconfigure.QuartermasterBackupProperties;
import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.StreamUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every line of configuration in the documentation is understood, and that
 * every property that it names exists.
 */

class ConfigurationSnippetsTests {

	private static final String OURS = "quartermaster.backup";

	private static final Pattern LINE = Pattern
		.compile("(?m)(?:^[ \t]*|`)((?:quartermaster|spring|management|server|logging)(?:\\.[\\w-]+)+)=([^`\n]*)");

	private static final Pattern NAME = Pattern.compile("quartermaster\\.backup((?:\\.[a-z]+(?:-[a-z]+)*)+)");

	private static final Pattern VARIABLE = Pattern.compile("QUARTERMASTER_BACKUP_([A-Z0-9_]+)");

	/**
	 * Packages, classes and files that look like properties.
	 */
	private static final Set<String> NOT_PROPERTIES = Set.of("command", "flyway");

	@ParameterizedTest
	@MethodSource("dev.quartermaster.backup.support.DocumentationPage#all")
	void everyLineIsUnderstood(DocumentationPage page) throws IOException {
		for (Map.Entry<String, String> line : lines(page)) {
			if (line.getKey().startsWith(OURS + ".")) {
				bind(line);
			}
			else if (!line.getKey().contains(".dbbackup.")) {
				assertThat(ofSpringBoot()).contains(line.getKey());
			}
		}
	}

	@ParameterizedTest
	@MethodSource("dev.quartermaster.backup.support.DocumentationPage#all")
	void everyPropertyThatIsNamedExists(DocumentationPage page) {
		Set<String> known = DocumentationPage.of("docs/properties.md").table("| `quartermaster.backup.` |").keySet();
		Set<String> metrics = new HashSet<>(
				DocumentationPage.of("docs/monitoring.md").table("| name | tags |").keySet());
		metrics.addAll(DocumentationPage.of("docs/copies.md").table("| name | tags |").keySet());
		assertThat(NAME.matcher(page.text())
			.results()
			.filter((name) -> !metrics.contains(name.group()))
			.map((name) -> name.group(1).substring(1)))
			.filteredOn((name) -> NOT_PROPERTIES.stream().noneMatch((other) -> name.equals(other)))
			.allSatisfy((name) -> assertThat(known).anyMatch((property) -> property.equals(name)
					|| property.startsWith(name + ".") || name.startsWith("retention.by-reason.")));
		Set<String> variables = known.stream()
			.map((name) -> name.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT))
			.collect(Collectors.toSet());
		assertThat(VARIABLE.matcher(page.text()).results().map((name) -> name.group(1))).isSubsetOf(variables);
	}

	private static void bind(Map.Entry<String, String> line) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource(
				Map.of(line.getKey(), line.getValue()));
		new Binder(List.of(source), null, ApplicationConversionService.getSharedInstance()).bind(OURS,
				Bindable.of(QuartermasterBackupProperties.class),
				new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
	}

	private static List<Map.Entry<String, String>> lines(DocumentationPage page) throws IOException {
		List<Map.Entry<String, String>> lines = new ArrayList<>();
		for (MatchResult line : LINE.matcher(page.text()).results().toList()) {
			lines.add(Map.entry(line.group(1), line.group(2).strip()));
		}
		for (String block : page.blocks("yaml")) {
			for (PropertySource<?> source : new YamlPropertySourceLoader().load("yaml",
					new ByteArrayResource(block.getBytes(StandardCharsets.UTF_8)))) {
				for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
					if (name.matches("(quartermaster|spring|management|server|logging)\\..*")) {
						lines.add(Map.entry(name.replaceAll("\\[\\d+]", ""), String.valueOf(source.getProperty(name))));
					}
				}
			}
		}
		return lines;
	}

	private static Set<String> ofSpringBoot() throws IOException {
		Set<String> names = new TreeSet<>();
		for (URL metadata : Collections.list(ConfigurationSnippetsTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			Pattern.compile("\"name\": \"([\\w.-]+)\"")
				.matcher(StreamUtils.copyToString(metadata.openStream(), StandardCharsets.UTF_8))
				.results()
				.forEach((name) -> names.add(name.group(1)));
		}
		return names;
	}

}
