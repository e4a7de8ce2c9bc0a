/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TypedLine}.
 */
class TypedLineTests {

	@Test
	void propertiesAreToldFromOptionsUntilTheDoubleDash() {
		assertThat(TypedLine.of("create", "--spring.profiles.active=a", "--dir=a.b", "--json", "x.y=z", "--",
				"--spring.reason=x"))
			.isEqualTo(new TypedLine(List.of("create", "--dir=a.b", "--json", "x.y=z", "--", "--spring.reason=x"),
					List.of("--spring.profiles.active=a")));
	}

	/**
	 * For which no application is started.
	 */
	@ParameterizedTest
	@CsvSource({ "'', true", "--spring.profiles.active=a, true", "--help, true", "restore -h, true",
			"list --version --json, true", "-V, true", "list, false", "create help, false", "create -- --help, false",
			"create -- x, false", "-- --help, false", "create -h -- x, true" })
	void tellsWhetherOnlyHelpIsAskedFor(String line, boolean help) {
		TypedLine typed = TypedLine.of(line.isEmpty() ? new String[0] : line.split(" "));
		assertThat(typed.asksForHelp()).isEqualTo(help);
	}

}
