/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import dev.quartermaster.backup.support.SharedMetadataReaders;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application that has nothing but what Boot and we configure for it, and of what
 * migrates databases has only Flyway. Called with {@code --name=value} arguments, it
 * starts, stops and returns the class names of our beans.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
		excludeName = { "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
				"org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration" })
public class TestApplication implements Function<List<String>, List<String>> {

	static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(TestApplication.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(arguments);
	}

	static ConfigurableApplicationContext startWith(Class<?> configuration, String... arguments) {
		return new SpringApplicationBuilder(TestApplication.class, configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(arguments);
	}

	static String[] arguments(String url, String locations, String... more) {
		List<String> arguments = new ArrayList<>(List.of(more));
		arguments.add("--spring.datasource.url=" + url);
		arguments.add("--spring.flyway.locations=" + locations);
		arguments.add("--management.endpoints.web.exposure.include=*");
		return arguments.toArray(String[]::new);
	}

	static String[] arguments(Path database, String locations, String... more) {
		return arguments("jdbc:sqlite:" + database, locations, more);
	}

	@Override
	public List<String> apply(List<String> arguments) {
		try (ConfigurableApplicationContext context = start(arguments.toArray(String[]::new))) {
			return Arrays.stream(context.getBeanDefinitionNames())
				.map(context::getType)
				.filter((type) -> type != null && type != TestApplication.class
						&& type.getName().startsWith("dev.quartermaster."))
				.map(Class::getName)
				.filter((name) -> !name.startsWith(SharedMetadataReaders.class.getName()))
				.toList();
		}
	}

}
