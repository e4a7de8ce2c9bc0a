/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.channels.Channels;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.web.EndpointMapping;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.webmvc.actuate.endpoint.web.AbstractWebMvcEndpointHandlerMapping;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.HandlerMapping;

/**
 * {@link HandlerMapping} for the {@link DatabaseBackupFileEndpoint} in an application
 * with Spring MVC, before the one that maps all endpoints: its answers have headers, and
 * follow those of the request.
 */
public final class SnapshotFileMvcMapping extends AbstractWebMvcEndpointHandlerMapping {

	/**
	 * Create a new instance.
	 * @param mapping the path of all endpoints
	 * @param endpoints the endpoint, or none if it is not to be reached
	 * @param mediaTypes the media types of all endpoints
	 * @param cors which other sites may ask, or {@code null} for none
	 */
	public SnapshotFileMvcMapping(EndpointMapping mapping, Collection<ExposableWebEndpoint> endpoints,
			EndpointMediaTypes mediaTypes, @Nullable CorsConfiguration cors) {
		super(mapping, endpoints, mediaTypes, cors, false);
		setOrder(getOrder() - 1);
	}

	@Override
	protected ServletWebOperation wrapServletWebOperation(ExposableWebEndpoint endpoint, WebOperation operation,
			ServletWebOperation handler) {
		return (request, body) -> {
			Object answer = handler.handle(request, body);
			return (answer instanceof ResponseEntity<?> entity && entity.getBody() instanceof SnapshotResource snapshot)
					? entity(SnapshotAnswer.to(snapshot, HttpMethod.valueOf(request.getMethod()),
							new ServletServerHttpRequest(request).getHeaders()))
					: answer;
		};
	}

	private static ResponseEntity<Object> entity(SnapshotAnswer answer) {
		ResponseEntity<Object> head = answer.head();
		// Spring would look for a range itself in any other resource.
		return (answer.content() == null) ? head
				: ResponseEntity.status(head.getStatusCode())
					.headers(head.getHeaders())
					.body(new InputStreamResource(Channels.newInputStream(answer.content())));
	}

	@Override
	protected LinksHandler getLinksHandler() {
		return (request, response) -> null;
	}

}
