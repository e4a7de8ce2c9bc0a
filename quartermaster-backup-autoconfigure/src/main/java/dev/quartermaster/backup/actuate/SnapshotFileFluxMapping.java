/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.actuate.endpoint.web.EndpointMapping;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.webflux.actuate.endpoint.web.AbstractWebFluxEndpointHandlerMapping;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * {@link HandlerMapping} for the {@link DatabaseBackupFileEndpoint} in an application
 * with Spring WebFlux, before the one that maps all endpoints: its answers have headers,
 * and follow those of the request.
 */
public final class SnapshotFileFluxMapping extends AbstractWebFluxEndpointHandlerMapping {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotFileFluxMapping.class);

	private static final int BUFFER_BYTES = 64 * 1024;

	/**
	 * Create a new instance.
	 * @param mapping the path of all endpoints
	 * @param endpoints the endpoint, or none if it is not to be reached
	 * @param mediaTypes the media types of all endpoints
	 * @param cors which other sites may ask, or {@code null} for none
	 */
	public SnapshotFileFluxMapping(EndpointMapping mapping, Collection<ExposableWebEndpoint> endpoints,
			EndpointMediaTypes mediaTypes, @Nullable CorsConfiguration cors) {
		super(mapping, endpoints, mediaTypes, cors, false);
		setOrder(getOrder() - 1);
	}

	@Override
	protected ReactiveWebOperation wrapReactiveWebOperation(ExposableWebEndpoint endpoint, WebOperation operation,
			ReactiveWebOperation handler) {
		return (exchange, body) -> handle(handler, exchange, body);
	}

	private static Mono<ResponseEntity<Object>> handle(ReactiveWebOperation handler, ServerWebExchange exchange,
			@Nullable Map<String, String> body) {
		return handler.handle(exchange, body).flatMap((entity) -> {
			if (!(entity.getBody() instanceof SnapshotResource snapshot)) {
				return Mono.just(entity);
			}
			ServerHttpRequest request = exchange.getRequest();
			SnapshotAnswer answer = SnapshotAnswer.to(snapshot, request.getMethod(), request.getHeaders());
			ReadableByteChannel content = answer.content();
			return (content != null) ? send(answer.head(), content, exchange.getResponse()).then(Mono.empty())
					: Mono.just(answer.head());
		});
	}

	/**
	 * Spring would look for a range itself if it were to send it.
	 */
	private static Mono<Void> send(ResponseEntity<Object> head, ReadableByteChannel content,
			ServerHttpResponse response) {
		response.setStatusCode(head.getStatusCode());
		response.getHeaders().putAll(head.getHeaders());
		return response
			.writeWith(DataBufferUtils.readByteChannel(() -> content, response.bufferFactory(), BUFFER_BYTES)
				.subscribeOn(Schedulers.boundedElastic()))
			.doFinally((signal) -> close(content));
	}

	private static void close(ReadableByteChannel content) {
		try {
			content.close();
		}
		catch (IOException ex) {
			// Nothing depends on it: it was only read.
			logger.debug("Not closed", ex);
		}
	}

	@Override
	protected LinksHandler getLinksHandler() {
		return (exchange) -> Mono.empty();
	}

}
