/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.DatabaseBusyException;
import dev.quartermaster.backup.LiveSnapshotException;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.NotADatabaseException;
import dev.quartermaster.backup.UnknownDatabaseException;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.BackupDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.SnapshotDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * The {@link DatabaseBackupEndpoint} over HTTP, with its statuses, and with a sentence
 * for each failure instead of a server error.
 */
@EndpointWebExtension(endpoint = DatabaseBackupEndpoint.class)
public final class DatabaseBackupEndpointWebExtension {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseBackupEndpointWebExtension.class);

	private static final int CREATED = 201;

	private static final int CONFLICT = 409;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	private static final int INSUFFICIENT_STORAGE = 507;

	/**
	 * The name is not repeated, which may be anything that somebody sent.
	 */
	private static final FailureDescriptor UNKNOWN_SNAPSHOT = new FailureDescriptor(
			"There is no snapshot of that name.", "Send a GET request without a name to list the snapshots.");

	private final DatabaseBackupEndpoint endpoint;

	/**
	 * Create a new instance.
	 * @param endpoint the endpoint that does the work
	 */
	public DatabaseBackupEndpointWebExtension(DatabaseBackupEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return the snapshots that there are.
	 * @param database the name of the database, or {@code null} for all
	 * @return 200 with the snapshots, newest first
	 */
	@ReadOperation
	public WebEndpointResponse<?> snapshots(@Nullable String database) {
		return answer(() -> new WebEndpointResponse<>(this.endpoint.snapshots(database)));
	}

	/**
	 * Return one snapshot.
	 * @param name its file name
	 * @param database the name of its database, or {@code null} to look in all
	 * @return 200 with the snapshot, 404, or 409 if several databases have one
	 */
	@ReadOperation
	public WebEndpointResponse<?> snapshot(@Selector String name, @Nullable String database) {
		return answer(() -> {
			SnapshotDescriptor snapshot = this.endpoint.snapshot(name, database);
			return (snapshot != null) ? new WebEndpointResponse<>(snapshot)
					: new WebEndpointResponse<>(UNKNOWN_SNAPSHOT, WebEndpointResponse.STATUS_NOT_FOUND);
		});
	}

	/**
	 * Take a snapshot of one database, or of each.
	 * @param reason why, in any words; {@code manual} if there is none
	 * @param database the name of the database, or {@code null} for all
	 * @return 201 with the snapshot, or 200 if there was nothing to back up; if there are
	 * several databases, what became of each, with the status of the worst failure if
	 * there is one, and 201 if there is none but a snapshot. 429 if too many others are
	 * waiting
	 */
	@WriteOperation
	public WebEndpointResponse<?> backup(@Nullable String reason, @Nullable String database) {
		return answer(() -> {
			List<BackupOutcome> outcomes = this.endpoint.backupEach(reason, database);
			List<BackupException> failures = BackupOutcome.failures(outcomes);
			int status = failures.isEmpty() ? statusOf(outcomes)
					: warn(failures, DatabaseBackupEndpointWebExtension::statusOf);
			return new WebEndpointResponse<>(BackupDescriptor.of(outcomes), status);
		});
	}

	private static int statusOf(List<BackupOutcome> outcomes) {
		return outcomes.stream()
			.anyMatch((outcome) -> outcome instanceof BackupOutcome.Done done
					&& done.result() instanceof BackupResult.Created) ? CREATED : WebEndpointResponse.STATUS_OK;
	}

	/**
	 * Answer a request, with a sentence for each failure.
	 * @param operation what is asked for
	 */
	static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> operation) {
		return answer(operation, DatabaseBackupEndpointWebExtension::statusOf);
	}

	/**
	 * Answer a request, with a sentence for each failure.
	 * @param operation what is asked for
	 * @param statusOf gives the status of a failure; the worse it is the higher
	 */
	static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> operation,
			ToIntFunction<BackupException> statusOf) {
		try {
			return operation.get();
		}
		catch (BackupException ex) {
			return failed(ex, statusOf);
		}
		catch (RuntimeException | LinkageError ex) {
			return failed(UnexpectedFailureException.of("The request", ex), statusOf);
		}
	}

	private static WebEndpointResponse<?> failed(BackupException failure, ToIntFunction<BackupException> statusOf) {
		return new WebEndpointResponse<>(new FailureDescriptor(failure.getProblem() + ".", failure.getAction()),
				warn(List.of(failure), statusOf));
	}

	/**
	 * Log the failures of one request, with one warning for all of them.
	 * @return the status of the worst
	 */
	private static int warn(List<BackupException> failures, ToIntFunction<BackupException> statusOf) {
		// The worse they are the higher are their numbers.
		int status = failures.stream()
			.mapToInt(statusOf)
			.max()
			.orElse(WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR);
		// There may be very many requests that are too many.
		Level level = (status == TOO_MANY_REQUESTS) ? Level.DEBUG : Level.WARN;
		logger.atLevel(level)
			.setCause(UnexpectedFailureException.among(failures))
			.log("Answered a request with {}: {}", status,
					failures.stream().map(BackupException::getMessage).collect(Collectors.joining(" ")));
		return status;
	}

	static int statusOf(BackupException ex) {
		if (ex instanceof UnknownDatabaseException) {
			return WebEndpointResponse.STATUS_BAD_REQUEST;
		}
		if (ex instanceof SwitchedOffException) {
			return WebEndpointResponse.STATUS_NOT_FOUND;
		}
		if (ex instanceof UnsupportedDatabaseException || ex instanceof NotADatabaseException
				|| ex instanceof AmbiguousSnapshotException || ex instanceof LiveSnapshotException) {
			return CONFLICT;
		}
		if (ex instanceof TooManyRequestsException) {
			return TOO_MANY_REQUESTS;
		}
		if (ex instanceof DatabaseBusyException) {
			return SERVICE_UNAVAILABLE;
		}
		return (ex instanceof NoRoomException) ? INSUFFICIENT_STORAGE
				: WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR;
	}

	/**
	 * Return whether a status means that the same request may do some time later.
	 */
	static boolean isToBeRetried(int status) {
		return status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE;
	}

	/**
	 * The answer that says why there is no other.
	 *
	 * @param error what happened, to which file and what it means
	 * @param action what to do
	 */
	public record FailureDescriptor(String error, String action) implements OperationResponseBody {
	}

}
