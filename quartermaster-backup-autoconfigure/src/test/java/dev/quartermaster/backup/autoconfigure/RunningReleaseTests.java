/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Map;
import java.util.Properties;

import dev.quartermaster.backup.ApplicationRelease;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RunningRelease}.
 */
class RunningReleaseTests {

	private static final Map<String, Object> CONFIGURED = Map.of("spring.application.name", "shop",
			"spring.application.version", "of the jar");

	private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

	@Test
	void isWhatTheApplicationIsConfiguredWith() {
		assertThat(release(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "of the jar"));
	}

	@Test
	void hasTheVersionOfTheBuildAndTheNameThatIsConfigured() {
		build("built", "2.3.0");
		assertThat(release(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "2.3.0"));
		assertThat(release(Map.of("spring.application.name", " "))).isEqualTo(new ApplicationRelease("built", "2.3.0"));
	}

	@Test
	void isUnknownIfNothingTells() {
		assertThat(release(Map.of("spring.application.version", ""))).isEqualTo(new ApplicationRelease(null, null));
	}

	@Test
	void buildThatCannotBeReadOrIsOneOfTwoTellsNothing() {
		this.beans.registerBeanDefinition("broken",
				BeanDefinitionBuilder.genericBeanDefinition(BuildProperties.class, () -> {
					throw new IllegalStateException("no build");
				}).getBeanDefinition());
		assertThat(release(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "of the jar"));
		build("built", "2.3.0");
		assertThat(release(CONFIGURED)).isEqualTo(new ApplicationRelease("shop", "of the jar"));
	}

	private void build(String name, String version) {
		Properties properties = new Properties();
		properties.setProperty("name", name);
		properties.setProperty("version", version);
		this.beans.registerSingleton("build", new BuildProperties(properties));
	}

	private ApplicationRelease release(Map<String, Object> configured) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("configured", configured));
		return RunningRelease.of(environment, this.beans.getBeanProvider(BuildProperties.class));
	}

}
