/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.time.Duration;

import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint.BackupDescriptor;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * The {@code Retry-After} of those answers of the {@link DatabaseBackupEndpoint} that ask
 * to come again. An endpoint cannot give its answers headers itself.
 */
@ControllerAdvice
public final class RetryAfterAdvice implements ResponseBodyAdvice<Object> {

	private final String seconds;

	/**
	 * Create a new instance.
	 * @param busyTimeout how long a request waits: by then, those that are in the way now
	 * have been answered
	 */
	public RetryAfterAdvice(Duration busyTimeout) {
		this.seconds = String.valueOf(Math.max(1, busyTimeout.plusMillis(999).toSeconds()));
	}

	@Override
	public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
		return true;
	}

	@Override
	public @Nullable Object beforeBodyWrite(@Nullable Object body, MethodParameter returnType,
			MediaType selectedContentType, Class<? extends HttpMessageConverter<?>> selectedConverterType,
			ServerHttpRequest request, ServerHttpResponse response) {
		boolean ofEndpoint = body instanceof FailureDescriptor || body instanceof BackupDescriptor;
		if (ofEndpoint && response instanceof ServletServerHttpResponse servlet
				&& DatabaseBackupEndpointWebExtension.isToBeRetried(servlet.getServletResponse().getStatus())) {
			response.getHeaders().set(HttpHeaders.RETRY_AFTER, this.seconds);
		}
		return body;
	}

}
