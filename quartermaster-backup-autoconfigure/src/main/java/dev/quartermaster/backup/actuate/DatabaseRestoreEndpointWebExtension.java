/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.security.Principal;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RestoreAlreadyPlannedException;
import dev.quartermaster.backup.RestoreRefusedException;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint.PlannedRestoreDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * The {@link DatabaseRestoreEndpoint} over HTTP, with its statuses, and with a sentence
 * for each failure instead of a server error.
 */
@EndpointWebExtension(endpoint = DatabaseRestoreEndpoint.class)
public final class DatabaseRestoreEndpointWebExtension {

	private static final int CREATED = 201;

	private static final int CONFLICT = 409;

	private static final int UNPROCESSABLE = 422;

	private static final FailureDescriptor NO_NAME = new FailureDescriptor("It is not said which snapshot to restore.",
			"Send a JSON object with its name, such as {\"name\": \"app-20260417-115719-before-import.db\"}.");

	/**
	 * The name is not repeated, which may be anything that somebody sent.
	 */
	private static final FailureDescriptor UNKNOWN_SNAPSHOT = new FailureDescriptor(
			"There is no snapshot of that name.", "Choose one that the endpoint dbbackup or the command lists.");

	private static final FailureDescriptor NOTHING_PLANNED = new FailureDescriptor("No restore is planned.",
			"There is nothing to take back. If one was planned, the last start has carried it out; see its log.");

	private final DatabaseRestoreEndpoint endpoint;

	/**
	 * Create a new instance.
	 * @param endpoint the endpoint that does the work
	 */
	public DatabaseRestoreEndpointWebExtension(DatabaseRestoreEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return the restores that are planned, and those that were not carried out.
	 * @return 200 with the restores
	 */
	@ReadOperation
	public WebEndpointResponse<?> restores() {
		return answer(() -> new WebEndpointResponse<>(this.endpoint.restores()));
	}

	/**
	 * Plan a restore for the next start.
	 * @param name the file name of the snapshot
	 * @param database the name of its database, or {@code null} if no other one has a
	 * snapshot of that name
	 * @param securityContext tells who asks for it
	 * @return 201 with what is planned, 404 if there is no such snapshot, 409 if another
	 * restore is planned, or 422 if the snapshot cannot be restored
	 */
	@WriteOperation
	public WebEndpointResponse<?> plan(@Nullable String name, @Nullable String database,
			SecurityContext securityContext) {
		if (name == null || name.isBlank()) {
			return new WebEndpointResponse<>(NO_NAME, WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		return answer(() -> {
			Principal principal = securityContext.getPrincipal();
			PlannedRestoreDescriptor planned = this.endpoint.plan(name, database,
					(principal != null) ? principal.getName() : null);
			return (planned != null) ? new WebEndpointResponse<>(planned, CREATED)
					: new WebEndpointResponse<>(UNKNOWN_SNAPSHOT, WebEndpointResponse.STATUS_NOT_FOUND);
		});
	}

	/**
	 * Take back what is planned, and forget what was not carried out.
	 * @param database the name of the database, or {@code null} for all
	 * @return 204, or 404 if there is nothing
	 */
	@DeleteOperation
	public WebEndpointResponse<?> cancel(@Nullable String database) {
		return answer(() -> this.endpoint.cancel(database).databases().isEmpty()
				? new WebEndpointResponse<>(NOTHING_PLANNED, WebEndpointResponse.STATUS_NOT_FOUND)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT));
	}

	private static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> operation) {
		return DatabaseBackupEndpointWebExtension.answer(operation, DatabaseRestoreEndpointWebExtension::statusOf);
	}

	static int statusOf(BackupException ex) {
		if (ex instanceof RestoreAlreadyPlannedException) {
			return CONFLICT;
		}
		return (ex instanceof RestoreRefusedException) ? UNPROCESSABLE
				: DatabaseBackupEndpointWebExtension.statusOf(ex);
	}

}
