/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.RestoreCommandLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report of an audit, in words.
 */
final class AuditReport {

	private static final Logger logger = LoggerFactory.getLogger(MigrationAudit.class);

	private static final String EXPECTED_LOSS = "quartermaster.backup.migration.expected-loss";

	private final MigrationComparison comparison;

	AuditReport(MigrationComparison comparison) {
		this.comparison = comparison;
	}

	void logNothingLost() {
		logger.info("Migrated {}{}: {}", this.comparison.database(), versions(" ", ""), nothingLost());
	}

	/**
	 * Log that nothing was lost in a rehearsal.
	 */
	void logRehearsed(Duration took) {
		logger.info("Rehearsed the migration of {} on a copy in {} ms{}: {}. Now it is made.",
				this.comparison.database(), took.toMillis(), versions(" (", ")"), nothingLost());
	}

	private String nothingLost() {
		String expected = this.comparison.expected().stream().map(DataLoss::toString).collect(Collectors.joining("; "));
		return Count.grouped(this.comparison.tablesAfter(), "table") + ", "
				+ Count.grouped(this.comparison.rowsAfter(), "row") + ", none lost"
				+ (expected.isEmpty() ? "" : " but as expected (" + expected + ")");
	}

	void logLosses(String urlParameters) {
		logger.warn("{}. {} To restore it, stop the application and run:{}", problem(), action(),
				RestoreCommandLine.below(this.comparison.before(), this.comparison.database(), urlParameters));
	}

	DataLossException toException() {
		return new DataLossException(problem(), action());
	}

	boolean hasLosses() {
		return this.comparison.hasLosses();
	}

	String problemOfRehearsal() {
		return "DATA LOSS: the migration of " + this.comparison.database() + versions(" (", ")")
				+ " would lose data, as its rehearsal on a copy shows:" + losses();
	}

	private String losses() {
		return this.comparison.losses()
			.stream()
			.map((loss) -> System.lineSeparator() + "    " + loss)
			.collect(Collectors.joining());
	}

	private String problem() {
		return "DATA LOSS: the migration of " + this.comparison.database() + versions(" (", ")") + " lost data:"
				+ losses() + System.lineSeparator() + "The snapshot from before has it all: "
				+ this.comparison.before();
	}

	String action() {
		return "If that was meant, set " + EXPECTED_LOSS + "="
				+ Stream.concat(this.comparison.losses().stream(), this.comparison.expected().stream())
					.map(DataLoss::name)
					.distinct()
					.collect(Collectors.joining(","))
				+ ".";
	}

	private String versions(String before, String after) {
		String from = this.comparison.versionBefore();
		String to = this.comparison.versionAfter();
		if (to == null) {
			return "";
		}
		return before + (to.equals(from) ? "at " + to : ((from != null) ? from : "none") + " -> " + to) + after;
	}

}
