/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the JSON of {@link DatabaseBackupEndpoint}, in an application that writes its
 * own JSON in another way.
 */
class DatabaseBackupEndpointJsonTests {

	@TempDir
	static Path directory;

	private static EndpointApplication application;

	@BeforeAll
	static void start() throws IOException {
		TestDatabase.create(Files.createDirectory(directory.resolve("a")).resolve("app.db"), 1);
		Files.createDirectory(directory.resolve("b"));
		application = EndpointApplication.start(TwoDatabasesConfiguration.class, "unused", EndpointApplication.EXPOSED,
				"test.directory=" + directory, "quartermaster.backup.time-zone=Asia/Kolkata",
				"spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE", "spring.jackson.time-zone=UTC",
				"spring.jackson.datatype.datetime.write-dates-as-timestamps=true",
				"spring.jackson.serialization.indent-output=true", "spring.jackson.serialization.wrap-root-value=true");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void everyAnswerIsAsDocumented() throws IOException {
		Response created = application.post("{\"reason\":\"one\",\"database\":\"tasks\"}");
		assertThat(created.status()).isEqualTo(201);
		assertThat(created.body()).matches("\\{\"database\":\"tasks\",\"name\":\"app-[0-9]{8}-[0-9]{6}-one\\.db\","
				+ "\"reason\":\"one\",\"takenAt\":\"[0-9T:-]{19}\\+05:30\",\"size\":[0-9]+,"
				+ "\"verification\":\\{\"status\":\"sound\",\"detail\":\"quick_check ok\"\\}\\}");
		Map<String, Object> snapshot = created.json("$");
		assertThat(snapshot.keySet()).isEqualTo(
				JsonPath.<Map<String, ?>>read(DocumentationPage.of("docs/endpoint.md").blocks("json").get(0), "$")
					.keySet());
		snapshot.remove("verification");
		Map<String, Object> listed = application.get("/" + snapshot.get("name")).json("$");
		assertThat(application.get("").<Object>json("$.snapshots[0]")).isEqualTo(listed);
		assertThat(listed).containsAllEntriesOf(snapshot).containsEntry("reasonInFull", "one");
		// The version is that of the program that runs the tests.
		listed.remove("applicationVersion");
		assertThat(listed).hasSize(snapshot.size() + 1);
		assertThat(application.backup("both").<Map<String, ?>>json("$.results[1]")).containsOnlyKeys("database",
				"message");
		Files.writeString(directory.resolve("b/app.db"), "lantern, 4\nrope, 2\n".repeat(100));
		assertThat(application.backup("both").<Map<String, ?>>json("$.results[1]")).containsOnlyKeys("database",
				"error", "action");
		assertThat(application.get("/unknown.db").<Map<String, ?>>json("$")).containsOnlyKeys("error", "action");
	}

}
