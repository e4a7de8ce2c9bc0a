/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.OpenSnapshot;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotContents;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.MimeTypeUtils;

/**
 * Web {@link Endpoint @Endpoint} to fetch snapshots. Whoever has one has all that the
 * database holds, so nobody has access by default.
 * <p>
 * An endpoint neither sees the headers of a request nor gives its answers any. What these
 * are about is added by {@link SnapshotFileMvcMapping} and
 * {@link SnapshotFileFluxMapping}; without them whole snapshots are sent.
 */
@WebEndpoint(id = "dbbackupfile", defaultAccess = Access.NONE)
public final class DatabaseBackupFileEndpoint {

	/**
	 * The ID of the endpoint.
	 */
	public static final EndpointId ID = EndpointId.of("dbbackupfile");

	/**
	 * The name of whichever snapshot is the newest.
	 */
	private static final String LATEST = "latest";

	/**
	 * The name is not repeated, which may be anything that somebody sent.
	 */
	private static final FailureDescriptor UNKNOWN_SNAPSHOT = new FailureDescriptor(
			"There is no snapshot of that name.",
			"Use the name of one that there is, without a path, or latest for the newest. The endpoint dbbackup and the list command show them.");

	private static final FailureDescriptor NO_SNAPSHOT = new FailureDescriptor("There is no snapshot yet.",
			"Take one, with the endpoint dbbackup or the create command.");

	private final SqliteBackupRegistry services;

	private final SnapshotContents contents;

	/**
	 * Create a new instance.
	 * @param services the services of the databases
	 */
	public DatabaseBackupFileEndpoint(SqliteBackupRegistry services) {
		this.services = services;
		this.contents = new SnapshotContents(services);
	}

	/**
	 * Return the file of a snapshot.
	 * @param name its file name, or {@code latest} for the newest that nobody has
	 * replaced
	 * @param database the name of its database, or {@code null} to look in all
	 * @param security tells who asks
	 * @return 200 with the file, 404 if there is no such snapshot, or 409 if it is
	 * unclear which is meant, or it is a live database
	 */
	@ReadOperation(produces = { SnapshotAnswer.CONTENT_TYPE, MimeTypeUtils.APPLICATION_OCTET_STREAM_VALUE })
	public WebEndpointResponse<?> file(@Selector String name, @Nullable String database, SecurityContext security) {
		WebEndpointResponse<?> answer = DatabaseBackupEndpointWebExtension
			.answer(() -> LATEST.equals(name) ? latest(database, security) : named(name, database, security));
		return (answer.getBody() instanceof SnapshotResource) ? answer
				: new WebEndpointResponse<>(answer.getBody(), answer.getStatus(), MimeTypeUtils.APPLICATION_JSON);
	}

	private WebEndpointResponse<?> latest(@Nullable String database, SecurityContext security) {
		Map<String, SqliteBackupService> selected = this.services.select(database);
		if (selected.size() > 1) {
			throw new AmbiguousSnapshotException(List.copyOf(selected.keySet()));
		}
		Map.Entry<String, SqliteBackupService> only = selected.entrySet().iterator().next();
		return only.getValue()
			.newest()
			.flatMap((snapshot) -> open(only.getKey(), snapshot, security))
			.orElseGet(() -> notFound(NO_SNAPSHOT));
	}

	private WebEndpointResponse<?> named(String name, @Nullable String database, SecurityContext security) {
		List<String> databases = new ArrayList<>();
		List<Snapshot> found = new ArrayList<>();
		this.services.select(database).forEach((of, backups) -> backups.find(name).ifPresent((snapshot) -> {
			databases.add(of);
			found.add(snapshot);
		}));
		if (found.size() > 1) {
			throw new AmbiguousSnapshotException(name, databases);
		}
		return found.stream()
			.findFirst()
			.flatMap((snapshot) -> open(databases.get(0), snapshot, security))
			.orElseGet(() -> notFound(UNKNOWN_SNAPSHOT));
	}

	private Optional<WebEndpointResponse<?>> open(String database, Snapshot snapshot, SecurityContext security) {
		Principal principal = security.getPrincipal();
		Optional<OpenSnapshot> open = this.contents.open(snapshot);
		return open.map((content) -> new WebEndpointResponse<>(
				new SnapshotResource(database, snapshot, content, (principal != null) ? principal.getName() : null),
				SnapshotAnswer.MEDIA_TYPE));
	}

	private static WebEndpointResponse<?> notFound(FailureDescriptor failure) {
		return new WebEndpointResponse<>(failure, WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
