/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what we add to Boot's slices for tests. That it guards is tested where their
 * modules are on the class path, in that of the starter.
 */
class SlicesTests {

	private static final List<String> NO_GUARDS = List.of("Copies", "Drill", "Endpoint", "Environment", "Heartbeat",
			"Monitoring", "Restore", "Schedule");

	/**
	 * What the management context has, which no slice does.
	 */
	private static final String MANAGEMENT = "ManagementContextConfiguration.imports";

	@Test
	void everySliceHasAllGuards() throws IOException {
		List<String> guards = Contexts.ours()
			.stream()
			.filter((name) -> NO_GUARDS.stream().noneMatch(name::contains))
			.toList();
		List<List<String>> slices = new ArrayList<>();
		for (Resource imports : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/spring/*.imports")) {
			List<String> lines = imports.getContentAsString(StandardCharsets.UTF_8).lines().toList();
			if (lines.equals(guards)) {
				slices.add(lines);
			}
			else if (!String.valueOf(imports.getFilename()).endsWith(MANAGEMENT)) {
				assertThat(lines).satisfiesAnyOf((all) -> assertThat(all).isEqualTo(Contexts.ours()),
						(others) -> assertThat(others).noneMatch((line) -> line.contains("quartermaster")));
			}
		}
		assertThat(slices).hasSize(7);
	}

}
