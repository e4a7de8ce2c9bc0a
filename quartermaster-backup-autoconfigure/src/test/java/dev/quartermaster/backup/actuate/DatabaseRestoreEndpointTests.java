/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.management.MBeanException;
import javax.management.ObjectName;

import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint.PlannedRestoreDescriptor;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link DatabaseRestoreEndpoint} over HTTP and JMX.
 */
class DatabaseRestoreEndpointTests {

	private static final String DOMAIN = "quartermaster.restore.test";

	private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

	@TempDir
	static Path temp;

	@Test
	void everyStatusIsDocumentedAndNoOther() {
		Set<String> documented = DocumentationPage.of("docs/endpoint.md")
			.table("| answer of `dbbackuprestore` |")
			.keySet();
		assertThat(documented).containsExactlyInAnyOrder("200", "201", "204", "400", "404", "409", "422");
	}

	/**
	 * What answers with Spring MVC and with Spring WebFlux alike.
	 */
	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class Application {

		private final String kind;

		private Path database = temp;

		private EndpointApplication application;

		Application(String kind) {
			this.kind = kind;
		}

		@BeforeAll
		void start() throws IOException {
			this.database = TestDatabase.create(Files.createDirectory(temp.resolve(this.kind)).resolve("stock.db"), 3);
			this.application = launch();
		}

		private EndpointApplication launch() {
			return EndpointApplication.start(EndpointApplication.WithoutSecurity.class, TestDatabase.url(this.database),
					"spring.main.web-application-type=" + this.kind,
					"management.endpoints.web.exposure.include=dbbackup,dbbackuprestore",
					"management.endpoint.dbbackuprestore.access=unrestricted",
					"spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
							+ SECURITY + "web.reactive.ReactiveWebSecurityAutoConfiguration," + SECURITY
							+ "ReactiveUserDetailsServiceAutoConfiguration," + SECURITY
							+ "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@AfterEach
		void cancel() {
			delete("");
		}

		final EndpointApplication application() {
			return this.application;
		}

		@Test
		void planIsShownCarriedOutAtNextStartAndGoneThen() {
			String name = this.application.backup("good").json("$.name");
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('lost')");
			Response planned = plan("{\"name\":\"" + name + "\",\"database\":\"dataSource\"}");
			assertThat(planned.status()).isEqualTo(201);
			assertThat(planned.<String>json("$.state")).isEqualTo("planned");
			assertThat(get().<List<String>>json("$.restores[*].name")).containsExactly(name);
			assertThat(get().<List<String>>json("$.restores[*].database")).containsExactly("dataSource");
			assertThat(TestDatabase.items(this.database)).contains("lost");
			this.application.close();
			this.application = launch();
			assertThat(TestDatabase.items(this.database)).doesNotContain("lost");
			assertThat(get().<List<String>>json("$.restores[*].name")).isEmpty();
		}

		@Test
		void planIsTakenBack() {
			plan("{\"name\":\"" + this.application.backup("x").json("$.name") + "\"}");
			assertThat(delete("?database=dataSource").status()).isEqualTo(204);
			assertThat(get().<List<String>>json("$.restores[*].name")).isEmpty();
			assertThatFailed(delete(""), 404, "No restore is planned.");
		}

		@Test
		void anotherPlanIsConflict() {
			String first = this.application.backup("one").json("$.name");
			String second = this.application.backup("two").json("$.name");
			assertThat(plan("{\"name\":\"" + first + "\"}").status()).isEqualTo(201);
			assertThat(plan("{\"name\":\"" + first + "\"}").status()).isEqualTo(201);
			assertThatFailed(plan("{\"name\":\"" + second + "\"}"), 409, "is planned already");
		}

		@Test
		void damagedSnapshotIsUnprocessable() {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('for another content')");
			String name = this.application.backup("damaged").json("$.name");
			TestDatabase.overwrite(this.database.resolveSibling("backups").resolve(name), 4096, new byte[100]);
			assertThatFailed(plan("{\"name\":\"" + name + "\"}"), 422, "is damaged");
			assertThat(get().<List<String>>json("$.restores[*].name")).isEmpty();
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "{\"name\":\"\"}", "{\"database\":\"dataSource\"}" })
		void planWithoutNameIsBadRequest(String body) {
			assertThatFailed(plan(body), 400, "It is not said which snapshot to restore.");
		}

		@ParameterizedTest
		@ValueSource(strings = { "stock-20260103-120000-unknown.db", "../../../etc/passwd", "latest" })
		void unknownSnapshotIsNotFound(String name) {
			assertThatFailed(plan("{\"name\":\"" + name + "\"}"), 404, "There is no snapshot of that name.");
		}

		@Test
		void unknownDatabaseIsBadRequest() {
			assertThat(plan("{\"name\":\"x\",\"database\":\"no-such\"}").status()).isEqualTo(400);
			assertThat(delete("?database=no-such").status()).isEqualTo(400);
		}

		private static void assertThatFailed(Response response, int status, String error) {
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.<Map<String, String>>json("$")).containsOnlyKeys("error", "action")
				.hasEntrySatisfying("error", (sentence) -> assertThat(sentence).contains(error));
		}

		private Response plan(String body) {
			return this.application.send(this.application.request("/actuator/dbbackuprestore")
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body)));
		}

		private Response get() {
			return this.application.send(this.application.request("/actuator/dbbackuprestore").GET());
		}

		private Response delete(String query) {
			return this.application.send(this.application.request("/actuator/dbbackuprestore" + query).DELETE());
		}

	}

	@Nested
	class WithWebMvc extends Application {

		WithWebMvc() {
			super("servlet");
		}

		@Test
		void answers() {
			assertThat(application().bean(DispatcherServlet.class)).isNotNull();
		}

		@Test
		void whoAsksForItIsInThePlan() {
			String name = application().backup("by-jo").json("$.name");
			WebEndpointResponse<?> response = application().bean(DatabaseRestoreEndpointWebExtension.class)
				.plan(name, null, new Operator("jo"));
			assertThat(response.getBody()).isInstanceOfSatisfying(PlannedRestoreDescriptor.class,
					(planned) -> assertThat(planned.plannedBy()).isEqualTo("jo"));
		}

	}

	@Nested
	class WithWebFlux extends Application {

		WithWebFlux() {
			super("reactive");
		}

		@Test
		void answers() {
			assertThat(application().bean(DispatcherHandler.class)).isNotNull();
		}

	}

	@Test
	void plansOverJmx() throws Exception {
		Path database = TestDatabase.create(Files.createDirectory(temp.resolve("jmx")).resolve("stock.db"), 3);
		try (EndpointApplication application = EndpointApplication.start(EndpointApplication.WithoutSecurity.class,
				TestDatabase.url(database), "spring.main.web-application-type=none", "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=dbbackup,dbbackuprestore",
				"management.endpoint.dbbackuprestore.access=unrestricted",
				"management.endpoints.jmx.domain=" + DOMAIN)) {
			Map<?, ?> snapshot = (Map<?, ?>) invoke("Dbbackup", "backup", "x", null);
			Map<?, ?> planned = (Map<?, ?>) invoke("Dbbackuprestore", "plan", String.valueOf(snapshot.get("name")),
					null);
			assertThat(planned.get("state")).isEqualTo("planned");
			assertThat((List<?>) ((Map<?, ?>) invoke("Dbbackuprestore", "restores")).get("restores")).hasSize(1);
			assertThat((List<?>) ((Map<?, ?>) invoke("Dbbackuprestore", "cancel", (String) null)).get("databases"))
				.hasSize(1);
			assertThatExceptionOfType(MBeanException.class)
				.isThrownBy(() -> invoke("Dbbackuprestore", "plan", "no-such.db", null))
				.withMessageStartingWith("There is no snapshot of that name.");
			assertThat(application.bean(DatabaseRestoreEndpoint.class)).isNotNull();
		}
	}

	private static Object invoke(String endpoint, String operation, @Nullable String... arguments) throws Exception {
		String[] signature = Collections.nCopies(arguments.length, String.class.getName()).toArray(String[]::new);
		return ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName(DOMAIN + ":type=Endpoint,name=" + endpoint), operation, arguments, signature);
	}

	/**
	 * Somebody whom Spring Security knows.
	 */
	private record Operator(String name) implements SecurityContext {

		@Override
		public Principal getPrincipal() {
			return this::name;
		}

		@Override
		public boolean isUserInRole(String role) {
			return true;
		}

	}

}
