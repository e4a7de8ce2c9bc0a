/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link BackupCommand} prints when it fails.
 */
@ExtendWith(OutputCaptureExtension.class)
class BackupCommandFailureTests {

	private static final String WHY = "why key=sesame";

	private static final Supplier<ApplicationProperties> NO_PROPERTIES = () -> properties(Map.of());

	@ParameterizedTest
	@MethodSource
	void failureThatNobodyForesawIsOneLine(Throwable failure, CapturedOutput output) {
		assertThat(run(() -> fail(failure), "list")).isOne();
		assertThat(output.getErr()).isEqualTo("Failed unexpectedly: " + failure.getClass().getName()
				+ ": why key=***. Add --debug to see where." + System.lineSeparator());
		assertThat(output.getOut()).isEmpty();
	}

	static Stream<Throwable> failureThatNobodyForesawIsOneLine() {
		return Stream.of(new UnsatisfiedLinkError(WHY), new NoClassDefFoundError(WHY),
				new ExceptionInInitializerError(WHY), new OutOfMemoryError(WHY), new StackOverflowError(WHY),
				new AssertionError(WHY), new IllegalStateException(WHY));
	}

	@Test
	void traceIsPrintedWhenAskedForWithoutSecrets(CapturedOutput output) {
		for (Throwable failure : List.of(new StackOverflowError(WHY), new IllegalStateException(WHY))) {
			assertThat(run(() -> fail(failure), "list", "--debug")).isOne();
			assertThat(output.getErr()).contains(failure.getClass().getName() + ": why key=***", "\tat ")
				.doesNotContain("sesame");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--key=sesame", "--hexkey=sesame", "--url=jdbc:sqlite:file:app.db?key=sesame&x=",
			"jdbc:sqlite:file:app.db?hexkey=sesame", "jdbc:sqlite:app.db?password=it's) a: sesame",
			"postgres://me:sesame@host/db" })
	void wrongUsageTellsNoSecret(String word, CapturedOutput output) {
		assertThat(run(NO_PROPERTIES, word, "list")).isEqualTo(2);
		assertThat(run(NO_PROPERTIES, "list", word, "x")).isEqualTo(2);
		assertThat(run(NO_PROPERTIES, "list", "--password", "sesame")).isEqualTo(2);
		assertThat(run(() -> properties(Map.of("spring.datasource.url", "jdbc:sqlite:app.db")), "list",
				"--database=" + word))
			.isEqualTo(2);
		assertThat(run(NO_PROPERTIES, "verify", "--url", "jdbc:sqlite:app.db", word)).isNotZero();
		assertThat(output.getErr()).contains("***").doesNotContain("sesame");
	}

	@Test
	void wrongNameOfDatabaseIsAnsweredWithThoseThatThereAre(CapturedOutput output) {
		Map<String, String> urls = Map.of("spring.datasource.url", "jdbc:sqlite:app.db", "app.tasks.url",
				"jdbc:sqlite:tasks.db");
		assertThat(run(() -> properties(urls), "list", "--database", "users")).isEqualTo(2);
		assertThat(output.getErr())
			.startsWith("The application is not configured with a SQLite database called users; it has: ")
			.contains("dataSource", "tasks")
			.contains(". Choose one of these with --database.");
	}

	private static int run(Supplier<ApplicationProperties> properties, String... words) {
		return CommandExecution.run(TypedLine.of(words), properties);
	}

	private static ApplicationProperties properties(Map<String, String> values) {
		return new ApplicationProperties(values, Map.of(), Map.of(), null, null);
	}

	private static ApplicationProperties fail(Throwable failure) {
		BackupCommandFailureTests.<RuntimeException>sneakyThrow(failure);
		return properties(Map.of());
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

}
