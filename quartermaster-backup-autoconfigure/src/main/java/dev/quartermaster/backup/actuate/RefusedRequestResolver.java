/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.json.JsonWriter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * The answers to requests that Spring MVC refuses before they reach the
 * {@link DatabaseBackupEndpoint}, the {@link DatabaseBackupFileEndpoint} or the
 * {@link DatabaseRestoreEndpoint}, with a sentence and what to do like those of the
 * endpoints themselves. Requests to anything else are none of its business.
 */
public final class RefusedRequestResolver implements HandlerExceptionResolver, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(RefusedRequestResolver.class);

	private static final JsonWriter<FailureDescriptor> JSON = JsonWriter.of((members) -> {
		members.add("error", FailureDescriptor::error);
		members.add("action", FailureDescriptor::action);
	});

	private static final EndpointId ID = EndpointId.of("dbbackup");

	private static final EndpointId RESTORE_ID = EndpointId.of("dbbackuprestore");

	private final Supplier<@Nullable PathMappedEndpoints> endpoints;

	/**
	 * Create a new instance.
	 * @param endpoints tells the paths of the endpoints, once they are known;
	 * {@code null} if nobody knows them
	 */
	public RefusedRequestResolver(Supplier<@Nullable PathMappedEndpoints> endpoints) {
		this.endpoints = endpoints;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		HttpStatusCode status = status(ex);
		FailureDescriptor failure = (status == null) ? null
				: isOf(ID, request) ? describe(status, ex) : isOf(DatabaseBackupFileEndpoint.ID, request)
						? describeFile(status, ex) : isOf(RESTORE_ID, request) ? describeRestore(status, ex) : null;
		if (status == null || failure == null || response.isCommitted()) {
			return null;
		}
		answer(response, status, failure, ex);
		return new ModelAndView();
	}

	private boolean isOf(EndpointId id, HttpServletRequest request) {
		PathMappedEndpoints paths = this.endpoints.get();
		String endpoint = (paths != null) ? paths.getPath(id) : null;
		if (endpoint == null || !ServletRequestPathUtils.hasParsedRequestPath(request)) {
			return false;
		}
		String path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().value();
		return path.equals(endpoint) || path.startsWith(endpoint + "/");
	}

	private static void answer(HttpServletResponse response, HttpStatusCode status, FailureDescriptor failure,
			Exception ex) {
		// Whoever tries names is of no interest.
		Level level = status.isSameCodeAs(HttpStatus.NOT_FOUND) ? Level.DEBUG : Level.WARN;
		logger.atLevel(level)
			.log("Answered a request with {}: {} {}", status.value(), failure.error(), failure.action());
		if (ex instanceof ErrorResponse error) {
			error.getHeaders().forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		}
		response.setStatus(status.value());
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		try {
			JSON.write(failure).toOutputStream(response.getOutputStream());
		}
		catch (IOException | UncheckedIOException unsent) {
			// Whoever asked is gone.
			logger.debug("Not answered", unsent);
		}
	}

	private static @Nullable HttpStatusCode status(Exception ex) {
		if (ex instanceof HttpMessageNotReadableException) {
			return HttpStatus.BAD_REQUEST;
		}
		return (ex instanceof ErrorResponse error) ? error.getStatusCode() : null;
	}

	static @Nullable FailureDescriptor describe(HttpStatusCode status, Exception ex) {
		return switch (status.value()) {
			case 400 -> new FailureDescriptor("The request body or one of its values could not be understood.",
					"Send a JSON object whose values are strings, such as {\"reason\": \"before import\"}.");
			case 404 -> new FailureDescriptor("There is nothing at this path.",
					"Send a GET request without a name to list the snapshots.");
			case 405 -> new FailureDescriptor("The endpoint does not support this method.", "Use " + allowed(ex) + ".");
			case 406 -> new FailureDescriptor("The endpoint answers in JSON only.",
					"Leave out the Accept header, or ask for application/json.");
			case 415 -> new FailureDescriptor("The request body is not declared as JSON.",
					"Add the header Content-Type: application/json.");
			default -> null;
		};
	}

	static @Nullable FailureDescriptor describeFile(HttpStatusCode status, Exception ex) {
		return switch (status.value()) {
			case 404 -> new FailureDescriptor("There is nothing at this path.",
					"Add the name of a snapshot, or latest for the newest.");
			case 406 -> new FailureDescriptor("The endpoint answers with a SQLite database.",
					"Leave out the Accept header, or ask for " + SnapshotAnswer.CONTENT_TYPE + ".");
			case 400, 405 -> describe(status, ex);
			default -> null;
		};
	}

	static @Nullable FailureDescriptor describeRestore(HttpStatusCode status, Exception ex) {
		return switch (status.value()) {
			case 400 -> new FailureDescriptor("The request body or one of its values could not be understood.",
					"Send a JSON object whose values are strings, such as {\"name\": \"app-20260417-115719-before-import.db\"}.");
			case 404 ->
				new FailureDescriptor("There is nothing at this path.", "Send a GET request to see what is planned.");
			default -> describe(status, ex);
		};
	}

	private static String allowed(Exception ex) {
		String[] methods = (ex instanceof HttpRequestMethodNotSupportedException refused)
				? refused.getSupportedMethods() : null;
		return (methods != null) ? Stream.of(methods).sorted().collect(Collectors.joining(" or ")) : "another";
	}

}
