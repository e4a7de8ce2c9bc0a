/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import dev.quartermaster.backup.migration.DataLossException;
import dev.quartermaster.backup.migration.GuardedChange;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.UndoneMigration;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.flyway.NewerDatabaseException;
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
 * A {@link FailureAnalyzer} for a start that failed because of a change of the schema: it
 * says where the snapshot from before is, and how to go back to it. Nothing is lost of
 * what would be said otherwise: the report that others have of the failure is completed,
 * and if nobody has one, the stack trace is logged first, as Spring Boot does then.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FailedMigrationFailureAnalyzer implements FailureAnalyzer {

	/**
	 * Spring Boot's own, so that the stack trace is where it would be otherwise.
	 */
	private static final Logger logger = LoggerFactory.getLogger(SpringApplication.class);

	private final BeanFactory beanFactory;

	private final OtherFailureAnalyzers others;

	FailedMigrationFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.others = new OtherFailureAnalyzers(this, beanFactory, environment);
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		MigrationGuard guard = GuardOfContext.find(this.beanFactory);
		DataLossException loss = SchemaChangeFailure.findLoss(failure);
		if (loss != null) {
			return report(loss, (guard != null) ? guard.suspects() : List.of());
		}
		Throwable cause = SchemaChangeFailure.find(failure);
		if (cause == null) {
			return (guard != null) ? analyzeUnknown(failure, guard) : null;
		}
		NewerDatabaseException newer = SchemaChangeFailure.suppressed(cause, NewerDatabaseException.class);
		if (newer != null) {
			return report(failure, cause, newer);
		}
		if (SchemaChangeFailure.findRefusal(failure) != null) {
			return null;
		}
		List<GuardedChange> suspects = (guard != null) ? guard.suspects() : List.of();
		return suspects.isEmpty() ? null
				: report(failure, "A schema change failed:", cause, suspects, this.others.analyze(failure));
	}

	/**
	 * A failure does not look like that of a change of the schema, but may be: code of
	 * the application takes part in many.
	 */
	private @Nullable FailureAnalysis analyzeUnknown(Throwable failure, MigrationGuard guard) {
		List<GuardedChange> suspects = guard.unfinished();
		return (suspects.isEmpty() || this.others.analyze(failure) != null) ? null : report(failure,
				"A schema change did not finish:", SchemaChangeFailure.behindBeans(failure), suspects, null);
	}

	private FailureAnalysis report(Throwable failure, Throwable cause, NewerDatabaseException newer) {
		Lines description = new Lines().paragraph(newer.getProblem() + ".");
		Lines action = new Lines();
		FailureAnalysis others = this.others.analyze(failure);
		if (others != null) {
			description.paragraph(others.getDescription());
			action.paragraph(others.getAction());
		}
		else {
			logTrace(failure);
			description.paragraph(SchemaChangeFailure.messageOf(cause));
		}
		action.paragraph(newer.getAction());
		Snapshot snapshot = newer.getSnapshot();
		if (snapshot != null) {
			action.code(RestoreCommandLine.of(snapshot.file(), newer.getDatabase(), newer.getUrlParameters()));
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

	private static FailureAnalysis report(DataLossException loss, List<GuardedChange> suspects) {
		Lines description = new Lines().paragraph(loss.getProblem());
		Lines action = new Lines();
		for (Throwable further : loss.getSuppressed()) {
			if (further instanceof DataLossException other) {
				description.paragraph(other.getProblem());
				action.paragraph(other.getAction());
			}
		}
		action.paragraph(loss.getAction() + " Otherwise fix the migration, then start the application again.");
		describe(suspects, description, action);
		return new FailureAnalysis(description.toString(), action.toString(), loss);
	}

	private static FailureAnalysis report(Throwable failure, String headline, Throwable cause,
			List<GuardedChange> suspects, @Nullable FailureAnalysis others) {
		Lines description = new Lines();
		Lines action = new Lines();
		if (others != null) {
			description.paragraph(others.getDescription());
			action.paragraph(others.getAction());
		}
		else {
			logTrace(failure);
			description.paragraph(headline).paragraph(SchemaChangeFailure.messageOf(cause));
		}
		describe(suspects, description, action);
		if (others == null) {
			action.paragraph("Fix the schema change, then start the application again.");
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

	private static void describe(List<GuardedChange> suspects, Lines description, Lines action) {
		for (GuardedChange change : suspects) {
			UndoneMigration undone = change.undone();
			if (undone == null) {
				description.paragraph("The snapshot of " + change.database() + " taken before the change is "
						+ change.before().file() + "."
						+ (change.failed() ? "" : " Restore it only if this change is the one that failed."));
				action.paragraph("To restore " + change.database() + " to its state before the change:")
					.code(RestoreCommandLine.of(change.before().file(), change.database(), change.urlParameters()));
			}
			else {
				description.paragraph(describe(change, undone));
			}
		}
	}

	/**
	 * As Spring Boot does if there is no analysis, but not if there is one: of that, it
	 * only shows the text.
	 */
	private static void logTrace(Throwable failure) {
		logger.error("Application run failed", Secrets.mask(failure));
	}

	private static String describe(GuardedChange change, UndoneMigration undone) {
		Snapshot failed = undone.failed();
		if (!undone.restored()) {
			return "The database " + change.database() + " was not changed, and is still the same as its snapshot "
					+ undone.before().file() + ".";
		}
		return "The database " + change.database() + " was restored to its state before the change, from "
				+ undone.before().file() + "."
				+ ((failed != null) ? " The state that the change left is kept in " + failed.file() + "." : "");
	}

	/**
	 * Text for the report of a failure.
	 */
	private static final class Lines {

		private final StringBuilder text = new StringBuilder();

		Lines paragraph(@Nullable String paragraph) {
			if (paragraph == null || paragraph.isBlank()) {
				return this;
			}
			if (!this.text.isEmpty()) {
				this.text.append(System.lineSeparator()).append(System.lineSeparator());
			}
			this.text.append(paragraph);
			return this;
		}

		Lines code(String line) {
			return paragraph("    " + line);
		}

		@Override
		public String toString() {
			return this.text.toString();
		}

	}

}
