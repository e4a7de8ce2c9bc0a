/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the picture of the packages has the arrows that there are.
 */
class PackagePictureTests {

	private static final String CORE = "dev.quartermaster.backup";

	private static final Pattern ARROW = Pattern.compile("(\\w+ --> \\w+)");

	@Test
	void hasEveryArrowAndNoOther() {
		Set<String> drawn = DocumentationPage.of("docs/how-it-works.md")
			.blocks("mermaid")
			.stream()
			.filter((picture) -> picture.contains(CORE))
			.flatMap((picture) -> ARROW.matcher(picture).results())
			.map((arrow) -> arrow.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(drawn).isEqualTo(arrows());
	}

	private static Set<String> arrows() {
		return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(CORE)
			.stream()
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.filter((dependency) -> dependency.getTargetClass().getPackageName().startsWith(CORE))
			.map((dependency) -> name(dependency.getOriginClass()) + " --> " + name(dependency.getTargetClass()))
			.filter((arrow) -> !arrow.matches("(\\w+) --> \\1"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String name(JavaClass type) {
		return type.getPackageName().equals(CORE) ? "core" : type.getPackageName().substring(CORE.length() + 1);
	}

}
