/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.actuate.DatabaseBackupFileEndpoint;
import dev.quartermaster.backup.actuate.SnapshotFileMvcMapping;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.CorsEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.EndpointMapping;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.actuate.endpoint.web.AbstractWebMvcEndpointHandlerMapping;
import org.springframework.context.annotation.Bean;

/**
 * {@link ManagementContextConfiguration @ManagementContextConfiguration} for the headers
 * of the {@code dbbackupfile} endpoint in an application with Spring MVC.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass(AbstractWebMvcEndpointHandlerMapping.class)
@ConditionalOnBean(WebEndpointsSupplier.class)
@ConditionalOnAvailableEndpoint(endpoint = DatabaseBackupFileEndpoint.class, exposure = EndpointExposure.WEB)
@EnableConfigurationProperties(CorsEndpointProperties.class)
final class FileEndpointMvcConfiguration {

	@Bean
	SnapshotFileMvcMapping databaseBackupFileHandlerMapping(WebEndpointsSupplier endpoints,
			EndpointMediaTypes mediaTypes, WebEndpointProperties web, CorsEndpointProperties cors) {
		return new SnapshotFileMvcMapping(new EndpointMapping(web.getBasePath()),
				endpoints.getEndpoints()
					.stream()
					.filter((endpoint) -> DatabaseBackupFileEndpoint.ID.equals(endpoint.getEndpointId()))
					.toList(),
				mediaTypes, cors.toCorsConfiguration());
	}

}
