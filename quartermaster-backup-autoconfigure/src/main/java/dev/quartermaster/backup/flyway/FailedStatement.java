/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;

/**
 * The statement of a script at which Flyway failed, which it names in its log only, and
 * only if it is told to.
 */
final class FailedStatement {

	/**
	 * How Flyway's message says that it does not say it.
	 */
	private static final Pattern NOT_SAID = Pattern.compile("(?m)^(Statement *: )Run Flyway with -X.*$");

	private FailedStatement() {
	}

	/**
	 * Return a failure of Flyway with the statement in its message. In place of the
	 * values of placeholders, which may be secrets, it has their names.
	 * @param failure the failure
	 * @param placeholders the values by their names
	 * @return the failure, or the same if it has no statement, or says it already
	 */
	static FlywayException nameIn(FlywayException failure, Map<String, String> placeholders) {
		try {
			for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
				if (cause instanceof FlywaySqlScriptException script && script.getStatement() != null) {
					return nameIn(failure, withNames(script.getStatement(), placeholders), script.getCause());
				}
			}
		}
		catch (LinkageError ex) {
			// A Flyway that has no such thing.
		}
		return failure;
	}

	private static String withNames(String statement, Map<String, String> placeholders) {
		String named = statement;
		for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
			if (placeholder.getValue() != null && !placeholder.getValue().isEmpty()) {
				named = named.replace(placeholder.getValue(), "${" + placeholder.getKey() + "}");
			}
		}
		return named;
	}

	private static FlywayException nameIn(FlywayException failure, String statement, @Nullable Throwable cause) {
		String message = String.valueOf(failure.getMessage());
		if (message.contains(statement)) {
			return failure;
		}
		Matcher notSaid = NOT_SAID.matcher(message);
		FlywayException named = new FlywayException(
				notSaid.find() ? notSaid.replaceFirst("$1" + Matcher.quoteReplacement(statement))
						: message.strip() + System.lineSeparator() + "Statement  : " + statement,
				cause);
		named.setStackTrace(failure.getStackTrace());
		return named;
	}

}
