/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ApplicationLaunch}.
 */
class ApplicationLaunchTests {

	private static final String LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

	@ParameterizedTest
	@CsvSource({ "app.jar, app.jar rehearse, -jar app.jar", "my app.jar, my app.jar rehearse latest, -jar my app.jar",
			"app.jar, app.jar, -jar app.jar",
			"classes:lib/a.jar, com.example.App rehearse, -cp classes:lib/a.jar com.example.App",
			"., " + LAUNCHER + " rehearse, -cp . " + LAUNCHER,
			"app.jar:lib/a.jar, dev.quartermaster.backup.command.BackupCommand rehearse, -cp app.jar:lib/a.jar com.example.Start" })
	void startsTheSameAgain(String classPath, String command, String program) {
		assertThat(String.join(" ", new ApplicationLaunch(classPath, command, "com.example.Start").program()))
			.isEqualTo(program);
	}

	@Test
	void launcherIsToldOfTheStartClassInPlaceOfTheCommand() {
		System.setProperty("loader.main", BackupCommand.class.getName());
		try {
			assertThat(new ApplicationLaunch("app.jar", LAUNCHER + " rehearse", "com.example.Start").program())
				.containsExactly("-Dloader.main=com.example.Start", "-cp", "app.jar", LAUNCHER);
			assertThat(new ApplicationLaunch("app.jar", "com.example.App rehearse", "com.example.Start").program())
				.containsExactly("-cp", "app.jar", "com.example.App");
		}
		finally {
			System.clearProperty("loader.main");
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', ''", "'', com.example/com.example.App",
			"app.jar, dev.quartermaster.backup.command.BackupCommand rehearse" })
	void saysSoWhenNobodyKnowsHow(String classPath, String command) {
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> new ApplicationLaunch(classPath, command, null).program())
			.withMessageContaining("-Djarmode=dbbackup -cp CLASSPATH MAINCLASS rehearse");
	}

	@Test
	void givesItOptionsOfItsOwnLast() {
		List<String> options = new ArrayList<>();
		assertThat(new ApplicationLaunch("app.jar", "app.jar rehearse", null).words((lines) -> {
			options.addAll(lines.lines().toList());
			return Path.of("options");
		}, List.of("-Da=b \"c\\d\""), List.of("--x.y=z"))).endsWith("@options", "-jar", "app.jar", "--x.y=z")
			.hasSize(5);
		assertThat(options).endsWith("\"-Djarmode=\"", "\"-Da=b \\\"c\\\\d\\\"\"");
	}

	@ParameterizedTest
	@CsvSource({ "-Xmx32m -Djarmode=dbbackup -XX:SharedArchiveFile=app.jsa, -Xmx32m -XX:SharedArchiveFile=app.jsa",
			"-XX:+AutoCreateSharedArchive -XX:SharedArchiveFile=app.jsa -Da=b, -Da=b",
			"-XX:SharedArchiveFile=base.jsa -XX:ArchiveClassesAtExit=app.jsa, -XX:SharedArchiveFile=base.jsa" })
	void sharesOptionsThatTwoProcessesCanHave(String options, String shared) {
		assertThat(ApplicationLaunch.shared(List.of(options.split(" ")))).containsExactly(shared.split(" "));
	}

}
