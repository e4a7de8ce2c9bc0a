/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.LiveSnapshotException;
import dev.quartermaster.backup.UnknownDatabaseException;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.support.DocumentationPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.ClassUtils;
import org.springframework.web.ErrorResponseException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page of the endpoint has each status with which it answers.
 */
class DocumentedAnswersTests {

	/**
	 * Those of the packages whose failures the endpoint meets.
	 */
	private static final Set<String> PACKAGES = Set.of(BackupException.class.getPackageName(),
			DocumentedAnswersTests.class.getPackageName());

	@Test
	void everyStatusIsListedAndNoOther() throws ReflectiveOperationException {
		Set<Integer> documented = documented("| answer to `POST` |");
		Set<Integer> answered = new TreeSet<>(Set.of(200, 201, 404));
		assertThat(failures()).hasSizeGreaterThan(8);
		for (Class<?> type : failures()) {
			answered.add(DatabaseBackupEndpointWebExtension.statusOf(instance(type)));
		}
		refused(RefusedRequestResolver::describe).forEach(answered::add);
		assertThat(documented).isEqualTo(answered);
	}

	@Test
	void everyStatusOfFileIsListedAndNoOther() throws ReflectiveOperationException {
		Set<Integer> answered = new TreeSet<>(Set.of(200, 206, 304, 404, 412, 416));
		for (Class<?> type : List.of(UnknownDatabaseException.class, AmbiguousSnapshotException.class,
				LiveSnapshotException.class, SwitchedOffException.class, BackupException.class)) {
			answered.add(DatabaseBackupEndpointWebExtension.statusOf(instance(type)));
		}
		refused(RefusedRequestResolver::describeFile).forEach(answered::add);
		assertThat(documented("| answer to a `GET` of a file |")).isEqualTo(answered);
	}

	private static Set<Integer> documented(String table) {
		return DocumentationPage.of("docs/endpoint.md")
			.table(table)
			.keySet()
			.stream()
			.map(Integer::valueOf)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static IntStream refused(BiFunction<HttpStatusCode, Exception, @Nullable FailureDescriptor> describe) {
		return IntStream.range(400, 600)
			.filter((status) -> HttpStatus.resolve(status) != null)
			.filter((status) -> describe.apply(HttpStatusCode.valueOf(status),
					new ErrorResponseException(HttpStatusCode.valueOf(status))) != null);
	}

	private static List<Class<?>> failures() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AssignableTypeFilter(BackupException.class));
		return Stream
			.concat(Stream.of(BackupException.class.getName()),
					scanner.findCandidateComponents(BackupException.class.getPackageName())
						.stream()
						.map(BeanDefinition::getBeanClassName))
			.<Class<?>>map((name) -> ClassUtils.resolveClassName(String.valueOf(name), null))
			.filter((type) -> PACKAGES.contains(type.getPackageName()))
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
