/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.ReflectionHintsPredicates;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.AbstractScriptDatabaseInitializer;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a native image finds what our auto-configurations look for by reflection:
 * the private parts of others, which must be there, and the answers of the endpoint.
 */
class RuntimeHintsTests {

	private static final RuntimeHints HINTS = new RuntimeHints();

	private final ReflectionHintsPredicates reflection = RuntimeHintsPredicates.reflection();

	@BeforeAll
	static void register() throws ReflectiveOperationException {
		for (String name : Contexts.ours()) {
			Class<?> type = ClassUtils.resolveClassName(name, RuntimeHintsTests.class.getClassLoader());
			ImportRuntimeHints imported = AnnotatedElementUtils.findMergedAnnotation(type, ImportRuntimeHints.class);
			if (imported != null) {
				for (Class<? extends RuntimeHintsRegistrar> registrar : imported.value()) {
					Constructor<? extends RuntimeHintsRegistrar> constructor = registrar.getDeclaredConstructor();
					constructor.setAccessible(true);
					constructor.newInstance().registerHints(HINTS, type.getClassLoader());
				}
			}
		}
	}

	@Test
	void everyAnswerOfTheEndpointCanBeWrittenAsJson() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints,
				QuartermasterBackupEndpointAutoConfiguration.class, DatabaseBackupEndpoint.class,
				DatabaseBackupEndpointWebExtension.class);
		assertThat(Stream.of(DatabaseBackupEndpoint.class, DatabaseBackupEndpointWebExtension.class)
			.flatMap((endpoint) -> Arrays.stream(endpoint.getDeclaredClasses()))
			.filter(Class::isRecord)
			.filter((type) -> Modifier.isPublic(type.getModifiers())))
			.hasSize(9)
			.allSatisfy((type) -> assertThat(type.getRecordComponents()).isNotEmpty()
				.allSatisfy((component) -> assertThat(this.reflection.onMethodInvocation(component.getAccessor()))
					.accepts(hints)));
	}

	@Test
	void scriptInitializerIsFound() throws ReflectiveOperationException {
		assertThat(this.reflection.onFieldAccess(AbstractScriptDatabaseInitializer.class.getDeclaredField("settings")))
			.accepts(HINTS);
		for (String method : new String[] { "getDataSource", "isEmbeddedDatabase" }) {
			assertThat(this.reflection
				.onMethodInvocation(DataSourceScriptDatabaseInitializer.class.getDeclaredMethod(method)))
				.accepts(HINTS);
		}
	}

	@Test
	void sessionFactoryIsFound() throws ReflectiveOperationException {
		for (String field : new String[] { "dataSource", "bootstrapExecutor" }) {
			assertThat(this.reflection.onFieldAccess(LocalSessionFactoryBean.class.getDeclaredField(field)))
				.accepts(HINTS);
		}
	}

	@Test
	void liquibaseIsFound() throws ReflectiveOperationException {
		assertThat(this.reflection.onFieldAccess(SpringLiquibase.class.getDeclaredField("shouldRun"))).accepts(HINTS);
		assertThat(this.reflection
			.onMethodInvocation(SpringLiquibase.class.getDeclaredMethod("createLiquibase", Connection.class)))
			.accepts(HINTS);
	}

}
