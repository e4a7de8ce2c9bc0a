/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.flyway.NewerDatabaseException;
import dev.quartermaster.backup.migration.RehearsalFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * A {@link FailureAnalyzer} for a start that ended after the rehearsal of a migration:
 * with what others have to say of the migration's failure, or else with its stack trace
 * in the log, as Spring Boot shows it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RehearsalFailedFailureAnalyzer implements FailureAnalyzer {

	private static final Logger logger = LoggerFactory.getLogger(SpringApplication.class);

	private final OtherFailureAnalyzers others;

	RehearsalFailedFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.others = new OtherFailureAnalyzers(this, beanFactory, environment);
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		RehearsalFailedException refusal = SchemaChangeFailure.findRefusal(failure);
		if (refusal == null || SchemaChangeFailure.suppressed(refusal, NewerDatabaseException.class) != null) {
			return null;
		}
		String problem = refusal.getProblem() + ".";
		Throwable cause = refusal.getCause();
		if (cause == null || cause instanceof BackupException) {
			return new FailureAnalysis(problem, refusal.getAction(), refusal);
		}
		FailureAnalysis others = this.others.analyze(cause);
		if (others == null) {
			return new FailureAnalysis(withDetail(problem, cause, failure), refusal.getAction(), refusal);
		}
		String action = others.getAction();
		return new FailureAnalysis(paragraphs(problem, others.getDescription()),
				(action != null) ? paragraphs(action, refusal.getAction()) : refusal.getAction(), refusal);
	}

	private static String withDetail(String problem, Throwable cause, Throwable failure) {
		logger.error("Application run failed", Secrets.mask(failure));
		return paragraphs(problem, SchemaChangeFailure.messageOf(cause));
	}

	private static String paragraphs(String first, String second) {
		return first + System.lineSeparator() + System.lineSeparator() + second;
	}

}
