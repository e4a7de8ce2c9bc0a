/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.DatabaseBusyException;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.NotADatabaseException;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.BackupDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.CreatedDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.SnapshotDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Gives the {@link DatabaseBackupEndpoint} the statuses of HTTP, and its failures a
 * sentence instead of a server error.
 */
@EndpointWebExtension(endpoint = DatabaseBackupEndpoint.class)
public final class DatabaseBackupEndpointWebExtension {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseBackupEndpointWebExtension.class);

	private static final int CREATED = 201;

	private static final int CONFLICT = 409;

	private static final int SERVICE_UNAVAILABLE = 503;

	private static final int INSUFFICIENT_STORAGE = 507;

	private final DatabaseBackupEndpoint endpoint;

	/**
	 * Create a new instance.
	 * @param endpoint the endpoint that does the work
	 */
	public DatabaseBackupEndpointWebExtension(DatabaseBackupEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return the snapshots of the database.
	 * @return 200 with the snapshots, newest first
	 */
	@ReadOperation
	public WebEndpointResponse<?> snapshots() {
		return answer(() -> new WebEndpointResponse<>(this.endpoint.snapshots()));
	}

	/**
	 * Return one snapshot.
	 * @param name its file name
	 * @return 200 with the snapshot, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<?> snapshot(@Selector String name) {
		return answer(() -> {
			SnapshotDescriptor snapshot = this.endpoint.snapshot(name);
			return (snapshot != null) ? new WebEndpointResponse<>(snapshot)
					: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		});
	}

	/**
	 * Take a snapshot.
	 * @param reason why, in any words; {@code manual} if there is none
	 * @return 201 with the snapshot, or 200 if there was nothing to back up
	 */
	@WriteOperation
	public WebEndpointResponse<?> backup(@Nullable String reason) {
		return answer(() -> {
			BackupDescriptor result = this.endpoint.backup(reason);
			return new WebEndpointResponse<>(result,
					(result instanceof CreatedDescriptor) ? CREATED : WebEndpointResponse.STATUS_OK);
		});
	}

	private static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> operation) {
		try {
			return operation.get();
		}
		catch (BackupException ex) {
			int status = statusOf(ex);
			logger.warn("Answered a request with {}: {}", status, ex.getMessage());
			return new WebEndpointResponse<>(new FailureDescriptor(ex.getProblem() + ".", ex.getAction()), status);
		}
	}

	private static int statusOf(BackupException ex) {
		if (ex instanceof UnsupportedDatabaseException || ex instanceof NotADatabaseException) {
			return CONFLICT;
		}
		if (ex instanceof DatabaseBusyException) {
			return SERVICE_UNAVAILABLE;
		}
		return (ex instanceof NoRoomException) ? INSUFFICIENT_STORAGE
				: WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR;
	}

	/**
	 * Why there is no snapshot.
	 *
	 * @param error what happened, to which file and what it means
	 * @param action what to do
	 */
	public record FailureDescriptor(String error, String action) {
	}

}
