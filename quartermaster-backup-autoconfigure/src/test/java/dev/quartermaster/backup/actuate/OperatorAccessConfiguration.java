/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

import static org.springframework.security.config.Customizer.withDefaults;

/**
 * Lets operators, and nobody else, ask for snapshots and see them.
 */
@Configuration(proxyBeanMethods = false)
class OperatorAccessConfiguration {

	/**
	 * Without CSRF tokens, which a script does not have. None are needed: there is no
	 * session, and the page of a stranger cannot make a browser send JSON.
	 */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	SecurityFilterChain operatorAccess(HttpSecurity http) {
		return http.securityMatcher(EndpointRequest.to("dbbackup"))
			.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("OPERATOR"))
			.httpBasic(withDefaults())
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	/**
	 * Everything else. Spring Boot's own rules end where the application's first chain
	 * begins: leave this out only if the application has a chain for the rest already.
	 */
	@Bean
	SecurityFilterChain everythingElse(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.formLogin(withDefaults())
			.httpBasic(withDefaults())
			.build();
	}

}
