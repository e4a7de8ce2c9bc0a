/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.support.DocumentationPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.ErrorResponseException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page of the endpoint has each status with which it answers.
 */
class DocumentedAnswersTests {

	@Test
	void everyStatusIsListedAndNoOther() throws ReflectiveOperationException {
		Set<Integer> documented = DocumentationPage.of("docs/endpoint.md")
			.table("| answer to `POST` |")
			.keySet()
			.stream()
			.map(Integer::valueOf)
			.collect(Collectors.toCollection(TreeSet::new));
		Set<Integer> answered = new TreeSet<>(Set.of(200, 201, 404));
		for (Class<?> type : failures()) {
			answered.add(DatabaseBackupEndpointWebExtension.statusOf(instance(type)));
		}
		refused().forEach(answered::add);
		assertThat(documented).isEqualTo(answered);
	}

	private static IntStream refused() {
		return IntStream.range(400, 600)
			.filter((status) -> HttpStatus.resolve(status) != null)
			.filter((status) -> RefusedRequestResolver.describe(HttpStatusCode.valueOf(status),
					new ErrorResponseException(HttpStatusCode.valueOf(status))) != null);
	}

	private static List<Class<?>> failures() {
		return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("dev.quartermaster.backup", "dev.quartermaster.backup.actuate")
			.stream()
			.filter((type) -> type.isAssignableTo(BackupException.class))
			.filter((type) -> List.of("dev.quartermaster.backup", DocumentedAnswersTests.class.getPackageName())
				.contains(type.getPackageName()))
			.<Class<?>>map(JavaClass::reflect)
			.filter((type) -> !Modifier.isAbstract(type.getModifiers()))
			.toList();
	}

	private static BackupException instance(Class<?> type) throws ReflectiveOperationException {
		Constructor<?> constructor = type.getDeclaredConstructors()[0];
		constructor.setAccessible(true);
		Object[] arguments = Stream.of(constructor.getParameterTypes()).map(DocumentedAnswersTests::argument).toArray();
		return (BackupException) constructor.newInstance(arguments);
	}

	private static @Nullable Object argument(Class<?> type) {
		if (type == String.class) {
			return "x";
		}
		if (type == Path.class) {
			return Path.of("x");
		}
		return (type == List.class) ? List.of("x", "y") : null;
	}

}
