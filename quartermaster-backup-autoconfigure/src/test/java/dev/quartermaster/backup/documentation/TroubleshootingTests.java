/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page of the messages has those that there are.
 */
class TroubleshootingTests {

	/**
	 * Spring Boot's own, which we log where it would have.
	 */
	private static final String OF_SPRING_BOOT = "Application run failed";

	private static final List<String> DOCUMENTED = Pattern.compile("(?m)^\\| `([^`]+)` \\|")
		.matcher(DocumentationPage.of("docs/troubleshooting.md").text())
		.results()
		.map((entry) -> entry.group(1))
		.toList();

	private static Messages messages;

	@BeforeAll
	static void readSources() throws IOException {
		messages = Messages.read();
	}

	@Test
	void everyMessageOnThePageExists() {
		assertThat(DOCUMENTED).hasSizeGreaterThan(100).doesNotHaveDuplicates().allMatch(messages::contain);
	}

	@Test
	void everyWarningAndErrorIsOnThePage() {
		assertThat(messages.logged()).hasSizeGreaterThan(50)
			.filteredOn((message) -> !message.startsWith(Messages.ANYTHING) && !message.equals(OF_SPRING_BOOT))
			.allSatisfy((message) -> assertThat(DOCUMENTED).anyMatch(message::startsWith));
	}

}
