/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The files for containers, and the demo as they start it: from the extracted layout, as
 * a user without rights, with a root that is read-only.
 */
class ContainerIT {

	private static final Path FILES = Path.of("container");

	private static final Path PAGE = Path.of("../docs/containers.md");

	/**
	 * What the page says is written into the directory for temporary files.
	 */
	private static final Pattern TEMPORARY = Pattern.compile("sqlite-.+|tomcat.+|hsperfdata_.+");

	private final Dockerfile dockerfile = Dockerfile.read();

	@TempDir
	private Path directory;

	@Test
	void snapshotsAreTakenAndRestoredOnVolumesWhileNothingElseCanBeWritten() throws Exception {
		Container.need();
		Path temp = this.directory.toRealPath();
		Path data = temp.resolve("data");
		Path backups = temp.resolve("backups");
		Container container = new Container(this.dockerfile, Files.createDirectory(temp.resolve("root")),
				ExtractedDemo.jar().resolveSibling(""), data, backups);
		container.volume(data);
		container.volume(backups);
		Path database = Files.copy(ExtractedDemo.earlierDatabase(), data.resolve("quartermaster.db"));
		container.own(database);

		try (DemoProcess demo = DemoProcess
			.start(container.run(this.dockerfile.entrypoint(), Map.of("SERVER_PORT", "0")), temp, database, backups)) {
			assertThat(Files.readString(Path.of("/proc/" + demo.pid() + "/status")))
				.contains("Uid:\t" + this.dockerfile.user())
				.contains("CapEff:\t0000000000000000");
			assertThat(reasons(backups)).containsExactly("flyway");
			assertThat(demo.post("/actuator/dbbackup", "{\"reason\":\"by hand\"}").statusCode()).isEqualTo(201);
			assertThat(names(Path.of("/proc/" + demo.pid() + "/root/tmp"))).hasSizeGreaterThan(2)
				.allMatch(TEMPORARY.asMatchPredicate());
			assertThat(names(data)).allMatch((name) -> name.startsWith("quartermaster.db")
					|| name.equals(".quartermaster-quartermaster.installation"));

			CommandRun listed = run(temp, container.exec(demo.pid(), execOnPage()));
			assertThat(listed.out()).contains("by-hand.db", "flyway.db");
			assertThat(run(temp, container.exec(demo.pid(), healthcheck(demo.port()))).exit()).isZero();
			assertThat(run(temp, container.exec(demo.pid(), healthcheck(1))).exit()).isNotZero();

			List<String> nightly = command("kubernetes-snapshot.yaml", "$.spec.jobTemplate.spec.template.spec");
			assertThat(run(temp, container.run(nightly, Map.of())).exit()).isZero();
			assertThat(demo.send("DELETE", "/items/1", null).statusCode()).isLessThan(300);
			assertThat(demo.terminate()).as("ends well when it is told to").isEqualTo(128 + 15);
		}
		assertThat(items(database)).doesNotContain("anvil");

		List<String> restore = command("kubernetes-restore.yaml", "$.spec.template.spec");
		CommandRun restored = run(temp, container.run(restore, Map.of()));
		assertThat(restored.exit()).as(restored.all()).isZero();
		assertThat(items(database)).contains("anvil");
		assertThat(reasons(backups)).containsExactlyInAnyOrder("flyway", "by-hand", "nightly", "pre-restore");
		for (Path file : BackupDirectory.files(backups)) {
			assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(this.dockerfile.user());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "kubernetes.yaml", "kubernetes-snapshot.yaml", "kubernetes-restore.yaml" })
	void everyPodFindsItsVolumesWhereTheImageLooksForThem(String file) throws IOException {
		List<Object> pods = new ArrayList<>();
		for (Object document : documents(file)) {
			assertThat(JsonPath.<String>read(document, "$.apiVersion")).isIn("v1", "apps/v1", "batch/v1");
			pods.addAll(JsonPath.read(document, "$..[?(@.containers)]"));
		}
		Map<String, String> environment = this.dockerfile.environment();
		for (Object pod : pods) {
			assertThat(JsonPath.<List<String>>read(pod, "$.containers[*].volumeMounts[*].mountPath"))
				.containsExactlyInAnyOrder("/data", environment.get("QUARTERMASTER_BACKUP_DIR"), "/tmp");
			assertThat(JsonPath.<List<String>>read(pod, "$.containers[*].volumeMounts[*].name"))
				.containsExactlyInAnyOrderElementsOf(JsonPath.<List<String>>read(pod, "$.volumes[*].name"));
			assertThat(claims()).containsAll(JsonPath.<List<String>>read(pod, "$.volumes[*]..claimName"));
			assertThat(JsonPath.<Integer>read(pod, "$.securityContext.runAsUser")).isEqualTo(this.dockerfile.user());
			assertThat(JsonPath.<Integer>read(pod, "$.securityContext.fsGroup")).isEqualTo(this.dockerfile.user());
			assertThat(JsonPath.<List<Boolean>>read(pod, "$.containers[*].securityContext.readOnlyRootFilesystem"))
				.containsExactly(true);
		}
		assertThat(environment.get("QUARTERMASTER_DB_URL")).startsWith("jdbc:sqlite:/data/");
		assertThat(pods).hasSize(1);
	}

	@Test
	void composeHasTheSameVolumes() throws IOException {
		Object compose = documents("compose.yaml").get(0);
		assertThat(JsonPath.<List<String>>read(compose, "$.services.app.volumes")).containsExactly("data:/data",
				"backups:" + this.dockerfile.environment().get("QUARTERMASTER_BACKUP_DIR"));
		assertThat(JsonPath.<Map<String, Object>>read(compose, "$.volumes")).containsOnlyKeys("data", "backups");
		assertThat(JsonPath.<List<String>>read(compose, "$.services.app.tmpfs")).singleElement()
			.asString()
			.startsWith("/tmp:exec");
	}

	@Test
	void everyInstructionOfTheDockerfileIsOne() {
		assertThat(this.dockerfile.lines())
			.allMatch((line) -> line.matches("(FROM|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|ENTRYPOINT) \\S.*"));
	}

	@Test
	void pageQuotesTheFiles() throws IOException {
		Set<String> files = new TreeSet<>();
		try (Stream<Path> paths = Files.list(FILES)) {
			for (Path path : paths.toList()) {
				files.add(withoutIndentation(Files.readString(path)));
			}
		}
		String page = Files.readString(PAGE);
		List<String> quoted = Pattern.compile("(?s)```(?:dockerfile|yaml)\n(.*?)```")
			.matcher(page)
			.results()
			.map((block) -> withoutIndentation(block.group(1)))
			.toList();
		assertThat(quoted).hasSize(3).allSatisfy((block) -> assertThat(files).anyMatch((file) -> file.contains(block)));
	}

	private static String withoutIndentation(String text) {
		return text.replaceAll("(?m)^ +", "");
	}

	private List<String> execOnPage() throws IOException {
		String prefix = "    docker exec app ";
		return Files.readAllLines(PAGE)
			.stream()
			.filter((line) -> line.startsWith(prefix))
			.findFirst()
			.map((line) -> List.of(line.substring(prefix.length()).split(" ")))
			.orElseThrow();
	}

	private static List<String> healthcheck(int port) throws IOException {
		List<String> test = JsonPath.read(documents("compose.yaml").get(0), "$.services.app.healthcheck.test");
		assertThat(test.get(0)).isEqualTo("CMD");
		return test.stream().skip(1).map((word) -> word.replace("8080", String.valueOf(port))).toList();
	}

	private static List<String> command(String file, String pod) throws IOException {
		return JsonPath.read(documents(file).get(0), pod + ".containers[0].command");
	}

	private static List<String> claims() throws IOException {
		List<String> claims = new ArrayList<>();
		for (Object document : documents("kubernetes.yaml")) {
			claims.addAll(JsonPath.read(document, "$[?(@.kind == 'PersistentVolumeClaim')].metadata.name"));
		}
		return claims;
	}

	private static List<Object> documents(String file) throws IOException {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		List<Object> documents = new ArrayList<>();
		new Yaml(options).loadAll(Files.readString(FILES.resolve(file))).forEach(documents::add);
		return documents;
	}

	private static CommandRun run(Path directory, List<String> command) throws Exception {
		return CommandRun.of(directory, Map.of(), "", command);
	}

	private static List<String> names(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

	/**
	 * Return the reasons of the snapshots, without the hidden file that there is as long
	 * as the application has not quite started.
	 */
	private static List<String> reasons(Path backups) {
		return BackupDirectory.files(backups)
			.stream()
			.map((file) -> file.getFileName().toString())
			.filter((name) -> !name.startsWith("."))
			.map((name) -> name.replaceFirst("quartermaster-\\d+-\\d+-(.*)\\.db", "$1"))
			.toList();
	}

	private static List<String> items(Path database) throws Exception {
		return SqliteShell.query(database, "SELECT name FROM item");
	}

}
