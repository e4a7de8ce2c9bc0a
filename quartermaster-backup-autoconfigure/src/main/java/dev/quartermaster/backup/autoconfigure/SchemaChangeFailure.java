/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.migration.DataLossException;
import dev.quartermaster.backup.migration.RehearsalFailedException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;

/**
 * The failure of a change of the schema, told from others by the names of the exceptions
 * of what may change one, since none of it needs to be on the class path.
 */
final class SchemaChangeFailure {

	private static final List<String> PACKAGES = List.of(DataLossException.class.getName(), "org.flywaydb.",
			"liquibase.exception.", "org.hibernate.tool.schema.", "org.springframework.jdbc.datasource.init.");

	private SchemaChangeFailure() {
	}

	/**
	 * Return the failure of a change of the schema that is behind another failure.
	 * @return the failure, or {@code null} if there is none
	 */
	static @Nullable Throwable find(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (isOfSchemaChange(cause)) {
				return cause;
			}
		}
		return null;
	}

	/**
	 * Return the loss of data for which a change of the schema counts as failed.
	 * @return the failure, or {@code null} if it is another one
	 */
	static @Nullable DataLossException findLoss(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DataLossException loss) {
				return loss;
			}
		}
		return null;
	}

	/**
	 * Return why a change of the schema was not made after its rehearsal.
	 * @return the refusal, or {@code null} if it is another failure
	 */
	static @Nullable RehearsalFailedException findRefusal(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof RehearsalFailedException refusal) {
				return refusal;
			}
		}
		return null;
	}

	private static boolean isOfSchemaChange(Throwable cause) {
		return PACKAGES.stream().anyMatch(cause.getClass().getName()::startsWith);
	}

	/**
	 * Return what a bean failed with, without what Spring says of all the beans that need
	 * it.
	 */
	static Throwable behindBeans(Throwable failure) {
		Throwable cause = failure;
		while (cause instanceof BeansException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Return all that the failure and its causes say, each thing once, but no secret.
	 */
	static String messageOf(Throwable failure) {
		List<String> messages = new ArrayList<>();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = (cause.getMessage() != null) ? cause.getMessage().strip() : cause.getClass().getName();
			if (messages.stream().noneMatch((said) -> said.contains(message))) {
				messages.add(message);
			}
		}
		return Secrets.mask(String.join(System.lineSeparator(), messages));
	}

	/**
	 * Return the first exception of a type that was suppressed by a failure or by one of
	 * its causes.
	 */
	static <E extends Throwable> @Nullable E suppressed(Throwable failure, Class<E> type) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			for (Throwable suppressed : cause.getSuppressed()) {
				if (type.isInstance(suppressed)) {
					return type.cast(suppressed);
				}
			}
		}
		return null;
	}

}
