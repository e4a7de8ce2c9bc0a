/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CandidateBeans}.
 */
class CandidateBeansTests {

	@Test
	void whatIsMadeLaterIsLeftOutAndThePrimaryOneComesFirst() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(DataSources.class)) {
			CandidateBeans candidates = new CandidateBeans(context.getBeanFactory());
			assertThat(candidates.madeDataSources().keySet()).containsExactly("main", "archive");
			assertThat(context.getBeanFactory().containsSingleton("later")).isFalse();
			assertThat(candidates.dataSources().keySet()).containsExactly("main", "archive", "later");
			assertThat(candidates.madeDataSources().keySet()).containsExactly("main", "archive", "later");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class DataSources {

		@Bean
		DataSource archive() {
			return new SQLiteDataSource();
		}

		@Bean
		@Primary
		DataSource main() {
			return new SQLiteDataSource();
		}

		@Bean
		@Lazy
		DataSource later() {
			return new SQLiteDataSource();
		}

	}

}
