/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.SpringBootVersion;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody who has an application and the README, and goes by what is written there: the
 * dependency and the commands are read from it.
 */
@Execution(ExecutionMode.CONCURRENT)
class NewcomerIT {

	private static final String POM = """
			<project xmlns="http://maven.apache.org/POM/4.0.0">
			  <modelVersion>4.0.0</modelVersion>
			  <parent>
			    <groupId>org.springframework.boot</groupId>
			    <artifactId>spring-boot-starter-parent</artifactId>
			    <version>%s</version>
			    <relativePath/>
			  </parent>
			  <groupId>org.example</groupId>
			  <artifactId>stock</artifactId>
			  <version>1</version>
			  <dependencies>
			    <dependency>
			      <groupId>org.springframework.boot</groupId>
			      <artifactId>spring-boot-starter-flyway</artifactId>
			    </dependency>
			    %s
			  </dependencies>
			  <build>
			    <finalName>app</finalName>
			    <plugins>
			      <plugin>
			        <groupId>org.springframework.boot</groupId>
			        <artifactId>spring-boot-maven-plugin</artifactId>
			      </plugin>
			    </plugins>
			  </build>
			</project>
			""";

	private static final String APPLICATION = """
			package org.example;

			import org.springframework.boot.SpringApplication;
			import org.springframework.boot.autoconfigure.SpringBootApplication;

			@SpringBootApplication
			public class StockApplication {

				public static void main(String[] args) {
					SpringApplication.run(StockApplication.class, args);
				}

			}
			""";

	@TempDir
	private Path directory;

	@Test
	void applicationOfTheirOwnIsBackToItsSnapshotAfterLosingRows() throws Exception {
		String readme = Files.readString(Path.of("../README.md"));
		build(readme);
		Path home = Files.createDirectory(this.directory.resolve("srv"));
		Files.copy(this.directory.resolve("target/app.jar"), home.resolve("app.jar"));

		assertThat(start(home)).contains("othing to back up");
		execute(home, "INSERT INTO item (name) VALUES ('anvil'), ('bellows')");
		command(readme, home, "create \"before import\"");
		execute(home, "DELETE FROM item");
		command(readme, home, "restore latest");
		assertThat(items(home)).containsExactly("anvil", "bellows");

		Path container = Files.createDirectory(this.directory.resolve("container"));
		run(home, DemoJar.java("-Djarmode=tools", "-jar", "app.jar", "extract", "--destination", container.toString(),
				"--force"));
		Files.copy(home.resolve("app.db"), container.resolve("app.db"));
		assertThat(start(container)).containsPattern("Backed up \\S+/app\\.db to \\S+/backups/app-\\S+-flyway\\.db")
			.doesNotContain("WARN");
		execute(container, "DELETE FROM item");
		command(readme, container, "restore latest");
		assertThat(items(container)).containsExactly("anvil", "bellows");
	}

	private void build(String readme) throws Exception {
		Matcher dependency = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL).matcher(readme);
		assertThat(dependency.find()).isTrue();
		write("pom.xml", POM.formatted(SpringBootVersion.getVersion(), dependency.group(1)));
		write("src/main/java/org/example/StockApplication.java", APPLICATION);
		write("src/main/resources/application.properties", "spring.datasource.url=jdbc:sqlite:app.db\n");
		write("src/main/resources/db/migration/V1__items.sql",
				"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n");
		CommandRun run = CommandRun.of(this.directory, Map.of("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
				"", List.of(Path.of(System.getProperty("maven.home"), "bin/mvn").toString(), "-B", "-q", "-ntp",
						"-Dmaven.repo.local=" + MavenRepository.withOurs(), "-Dmaven.test.skip=true", "package"));
		assertThat(run.exit()).as(run.all()).isZero();
	}

	private void write(String name, String content) throws Exception {
		Path file = this.directory.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

	private static String start(Path home) throws Exception {
		return run(home, DemoJar.java("-jar", "app.jar"));
	}

	/**
	 * Run a command that is in the README, and answer what it asks.
	 */
	private static void command(String readme, Path home, String words) throws Exception {
		String line = "java -Djarmode=dbbackup -jar app.jar " + words;
		assertThat(readme).contains("    " + line + "\n");
		String java = String.join(" ", DemoJar.java());
		run(home, List.of("sh", "-c", line.replaceFirst("java", Matcher.quoteReplacement(java))
				+ (words.startsWith("restore") ? " --yes" : "")));
	}

	private static String run(Path directory, List<String> command) throws Exception {
		CommandRun run = CommandRun.of(directory, Map.of(), "", command);
		assertThat(run.exit()).as(run.all()).isZero();
		return run.all();
	}

	private static void execute(Path home, String sql) throws SQLException {
		try (Connection connection = open(home); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static List<String> items(Path home) throws SQLException {
		List<String> items = new ArrayList<>();
		try (Connection connection = open(home);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT name FROM item ORDER BY id")) {
			while (result.next()) {
				items.add(result.getString(1));
			}
		}
		return items;
	}

	private static Connection open(Path home) throws SQLException {
		return DriverManager.getConnection("jdbc:sqlite:" + home.resolve("app.db"));
	}

}
