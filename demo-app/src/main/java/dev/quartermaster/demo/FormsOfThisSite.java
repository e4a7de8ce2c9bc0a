/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The rule that only pages of this site may send forms to it. Anybody's page in the same
 * browser could, otherwise: the demo has no login, and 127.0.0.1 is everybody's. Nor may
 * they show a page of this site in a frame, in which somebody clicks without knowing on
 * what. With Spring Security, its CSRF protection and headers take the place of this; the
 * templates are ready for it.
 */
@Configuration(proxyBeanMethods = false)
class FormsOfThisSite implements WebMvcConfigurer {

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new NoFrames());
		registry.addInterceptor(new SameOrigin()).addPathPatterns("/inventory/**", "/snapshots/**");
	}

	private static final class NoFrames implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
			return true;
		}

	}

	private static final class SameOrigin implements HandlerInterceptor {

		private static final Set<String> OWN = Set.of("same-origin", "none");

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
				throws Exception {
			if (isOwn(request)) {
				return true;
			}
			response.sendError(HttpStatus.FORBIDDEN.value(), "Sent by the page of another site");
			return false;
		}

		/**
		 * Browsers say {@code Sec-Fetch-Site} over HTTPS and to this machine only. Over
		 * plain HTTP there is {@code Origin}, which they send with each form. What sends
		 * neither is no browser.
		 */
		private static boolean isOwn(HttpServletRequest request) {
			String site = request.getHeader("Sec-Fetch-Site");
			return (site != null) ? OWN.contains(site) : !CorsUtils.isCorsRequest(request);
		}

	}

}
