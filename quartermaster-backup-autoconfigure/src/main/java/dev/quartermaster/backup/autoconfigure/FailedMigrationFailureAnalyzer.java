/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import dev.quartermaster.backup.GuardedChange;
import dev.quartermaster.backup.MigrationGuard;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.UndoneMigration;
import dev.quartermaster.backup.command.RestoreCommandLine;
import dev.quartermaster.backup.flyway.NewerDatabaseException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * Says, when the application did not start because of a change of the schema, where the
 * database is as it was before and how to put it back.
 */
final class FailedMigrationFailureAnalyzer implements FailureAnalyzer {

	private final BeanFactory beanFactory;

	FailedMigrationFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		Throwable cause = SchemaChangeFailure.find(failure);
		if (cause == null) {
			return null;
		}
		NewerDatabaseException newer = SchemaChangeFailure.suppressed(cause, NewerDatabaseException.class);
		if (newer != null) {
			return analyze(cause, newer);
		}
		MigrationGuard guard = GuardOfContext.find(this.beanFactory);
		List<GuardedChange> suspects = (guard != null) ? guard.suspects() : List.of();
		return suspects.isEmpty() ? null : analyze(cause, suspects);
	}

	private static FailureAnalysis analyze(Throwable cause, NewerDatabaseException newer) {
		Lines description = new Lines().paragraph(newer.getProblem() + ".")
			.paragraph(SchemaChangeFailure.messageOf(cause));
		Lines action = new Lines().paragraph(newer.getAction());
		Snapshot snapshot = newer.getSnapshot();
		if (snapshot != null) {
			action.code(RestoreCommandLine.of(snapshot.file(), newer.getDatabase(), newer.getUrlParameters()));
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

	private static FailureAnalysis analyze(Throwable cause, List<GuardedChange> suspects) {
		Lines description = new Lines().paragraph("A change of the schema failed:")
			.paragraph(SchemaChangeFailure.messageOf(cause));
		Lines action = new Lines();
		for (GuardedChange change : suspects) {
			UndoneMigration undone = change.undone();
			if (undone == null) {
				description.paragraph((change.failed() ? "" : "If it was this one that failed: ") + "The database "
						+ change.database() + " as it was before is in " + change.before().file() + ".");
				action.paragraph("To put " + change.database() + " back as it was before:")
					.code(RestoreCommandLine.of(change.before().file(), change.database(), change.urlParameters()));
			}
			else {
				description.paragraph(describe(change, undone));
			}
		}
		return new FailureAnalysis(description.toString(),
				action.paragraph("Mend the change of the schema, and start again.").toString(), cause);
	}

	private static String describe(GuardedChange change, UndoneMigration undone) {
		Snapshot failed = undone.failed();
		return "The database " + change.database()
				+ ((failed != null)
						? " was put back as it was before, from " + undone.before().file()
								+ ". What the change left is kept in " + failed.file() + "."
						: " is as it was before, and as it is in " + undone.before().file() + ".");
	}

	/**
	 * Text for the report of a failure.
	 */
	private static final class Lines {

		private final StringBuilder text = new StringBuilder();

		Lines paragraph(String paragraph) {
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
