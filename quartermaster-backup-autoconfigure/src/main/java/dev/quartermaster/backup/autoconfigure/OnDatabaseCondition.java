/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.SqliteBackupService;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * A condition that matches when there may be a database. Unlike
 * {@link org.springframework.boot.autoconfigure.condition.ConditionalOnBean}, it counts
 * data sources that are no candidates for injection.
 */
final class OnDatabaseCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Database");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		if (beanFactory == null) {
			return ConditionOutcome.noMatch(message.because("there is no bean factory"));
		}
		return Stream.of(DataSource.class, SqliteBackupService.class)
			.map((type) -> CandidateBeans.names(beanFactory, type, true))
			.filter((names) -> !names.isEmpty())
			.findFirst()
			.map((names) -> ConditionOutcome.match(message.foundExactly(names)))
			.orElseGet(() -> ConditionOutcome
				.noMatch(message.didNotFind("any bean of").items(DataSource.class, SqliteBackupService.class)));
	}

}
