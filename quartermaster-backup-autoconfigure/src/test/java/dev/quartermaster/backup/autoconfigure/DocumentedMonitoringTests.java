/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.actuate.BackupHealthIndicator;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page of the monitoring has the metrics and the health that there are.
 */
class DocumentedMonitoringTests {

	private static final DocumentationPage PAGE = DocumentationPage.of("docs/monitoring.md");

	private static final Pattern TAG = Pattern.compile("`([a-z]+)`(?: \\(([^)]*)\\))?");

	private static final List<Meter> METERS = new ArrayList<>();

	private static Health health;

	@BeforeAll
	static void start(@TempDir Path directory) {
		String url = TestDatabase.url(Migrations.atFirst(directory.resolve("app.db")));
		List<Health> found = new ArrayList<>();
		Contexts.runner(url, Migrations.FIRST_AND_SECOND)
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
			.withPropertyValues("quartermaster.backup.health.max-age=0s")
			.run((context) -> {
				context.getBean(MeterRegistry.class)
					.getMeters()
					.stream()
					.filter((meter) -> meter.getId().getName().startsWith("quartermaster."))
					.forEach(METERS::add);
				found.add(context.getBean(BackupHealthIndicator.class).health());
			});
		health = found.get(0);
	}

	@Test
	void everyMetricIsListedWithItsTagsAndItsUnit() {
		Map<String, List<String>> table = PAGE.table("| name | tags |");
		Map<String, Map<String, Set<String>>> documented = new TreeMap<>();
		table.forEach((name, cells) -> documented.put(name, tags(cells.get(0))));
		assertThat(documented).isEqualTo(tags(METERS));
		assertThat(METERS).allSatisfy((meter) -> {
			String meaning = Objects.requireNonNull(table.get(meter.getId().getName())).get(1);
			assertThat(unit(meaning)).as(meaning)
				.isEqualTo((meter instanceof Timer) ? "timer" : meter.getId().getBaseUnit());
		});
	}

	@Test
	void healthLooksAsItIsShown() {
		Map<String, Object> shown = JsonPath.read(PAGE.blocks("json").get(0), "$");
		assertThat(shown).containsOnlyKeys("status", "details").containsEntry("status", health.getStatus().getCode());
		assertThat(Objects.requireNonNull((Map<?, ?>) shown.get("details")).get("dataSource"))
			.extracting((details) -> ((Map<?, ?>) details).keySet())
			.isEqualTo(Objects.requireNonNull((Map<?, ?>) health.getDetails().get("dataSource")).keySet());
	}

	private static Map<String, Map<String, Set<String>>> tags(List<Meter> meters) {
		Map<String, Map<String, Set<String>>> tags = new TreeMap<>();
		for (Meter meter : meters) {
			Map<String, Set<String>> values = tags.computeIfAbsent(meter.getId().getName(),
					(name) -> new LinkedHashMap<>());
			for (Tag tag : meter.getId().getTags()) {
				Set<String> known = values.computeIfAbsent(tag.getKey(), (key) -> new TreeSet<>());
				if (!tag.getKey().equals("database")) {
					known.add(tag.getValue());
				}
			}
		}
		return tags;
	}

	private static Map<String, Set<String>> tags(String cell) {
		Map<String, Set<String>> tags = new LinkedHashMap<>();
		for (MatchResult tag : TAG.matcher(cell).results().toList()) {
			// Databases have the names that the application gives them.
			boolean listed = tag.group(2) != null && !tag.group(1).equals("database");
			tags.put(tag.group(1), listed ? new TreeSet<>(DocumentationPage.quoted(tag.group(2))) : Set.of());
		}
		return tags;
	}

	private static @Nullable String unit(String meaning) {
		if (meaning.startsWith("a timer")) {
			return "timer";
		}
		return meaning.contains("seconds") ? "seconds" : meaning.contains("bytes") ? "bytes" : null;
	}

}
