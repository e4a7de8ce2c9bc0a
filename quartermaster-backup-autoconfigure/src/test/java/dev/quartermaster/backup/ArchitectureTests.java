/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.quartermaster.backup.support.DocumentationPage;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.core.DB;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows between the packages, and what only one class may do.
 */
class ArchitectureTests {

	private static final String CORE = "dev.quartermaster.backup";

	private static final String AUTOCONFIGURE = CORE + ".autoconfigure";

	/**
	 * What is longer does two jobs.
	 */
	private static final int LINES = 300;

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(CORE);

	@Test
	void coreKnowsNothingButJavaSqliteAndSlf4j() {
		classes().that()
			.resideInAPackage(CORE)
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "javax.sql", "org.sqlite..", "org.slf4j..", "org.jspecify.annotations", CORE)
			.check(CLASSES);
	}

	@ParameterizedTest
	@CsvSource({ "migration,", "flyway, migration", "liquibase, migration", "actuate, copies", "environment,",
			"copies,", "command, migration flyway liquibase copies" })
	void packageDependsOnTheCoreAndNoneButTheNamed(String name, @Nullable String others) {
		List<String> known = new ArrayList<>(List.of(CORE, CORE + "." + name));
		if (others != null) {
			Stream.of(others.split(" ")).forEach((other) -> known.add(CORE + "." + other));
		}
		noClasses().that()
			.resideInAPackage(CORE + "." + name)
			.should()
			.dependOnClassesThat(inOursBut(known.toArray(String[]::new)))
			.check(CLASSES);
	}

	@Test
	void everyPackageHasItsArrows() {
		assertThat(packages()).containsExactly(CORE, CORE + ".actuate", AUTOCONFIGURE, CORE + ".command",
				CORE + ".copies", CORE + ".environment", CORE + ".flyway", CORE + ".liquibase", CORE + ".migration");
	}

	@Test
	void pictureInTheDocumentationHasEveryArrowAndNoOther() {
		Set<String> arrows = CLASSES.stream()
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.filter((dependency) -> dependency.getTargetClass().getPackageName().startsWith(CORE))
			.map((dependency) -> inPicture(dependency.getOriginClass()) + " --> "
					+ inPicture(dependency.getTargetClass()))
			.filter((arrow) -> !arrow.matches("(\\w+) --> \\1"))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> drawn = DocumentationPage.of("docs/how-it-works.md")
			.blocks("mermaid")
			.stream()
			.filter((picture) -> picture.contains(CORE))
			.flatMap(String::lines)
			.map(String::strip)
			.filter((line) -> line.contains("-->"))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(drawn).isEqualTo(arrows);
	}

	private static String inPicture(JavaClass type) {
		return type.getPackageName().equals(CORE) ? "core" : type.getPackageName().substring(CORE.length() + 1);
	}

	@Test
	void noPackagesFormCircle() {
		slices().assignedFrom(slicing("packages", JavaClass::getPackageName)).should().beFreeOfCycles().check(CLASSES);
	}

	/**
	 * Nested classes are part of the class that they are in.
	 */
	@Test
	void noClassesOfPackageFormCircle() {
		for (String name : packages()) {
			slices().assignedFrom(slicing("top-level classes", (type) -> type.getName().split("\\$")[0]))
				.should()
				.beFreeOfCycles()
				.check(CLASSES.that(JavaClass.Predicates.resideInAPackage(name)));
		}
	}

	@Test
	void nothingImportsTheAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage(AUTOCONFIGURE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(AUTOCONFIGURE)
			.check(CLASSES);
	}

	@Test
	void onlyOneClassForEachDirectionCallsTheBackupApi() {
		assertThat(callersOf((target) -> target.getOwner().isAssignableTo(DB.class)
				&& (target.getName().equals("backup") || target.getName().equals("restore"))))
			.containsExactly(OnlineCopy.class.getName(), OnlineRestore.class.getName());
	}

	@Test
	void directoryOfSnapshotsKnowsFilesOnly() {
		noClasses().that()
			.belongToAnyOf(SnapshotDirectory.class, AbandonedFiles.class)
			.should()
			.transitivelyDependOnClassesThat()
			.resideInAnyPackage("java.sql", "javax.sql", "org.sqlite..")
			.check(CLASSES);
	}

	@Test
	void onlyClassesThatOwnFilesChangeThem() {
		assertThat(callersOf((target) -> target.getOwner().isEquivalentTo(Files.class)
				&& target.getName().matches("(create|delete|move|copy|write|set|newOutputStream|newByteChannel).*")))
			.containsExactly(AbandonedFiles.class.getName(), CopyDirectory.class.getName(), CopyLedger.class.getName(),
					CopyRecord.class.getName(), DatabaseFile.class.getName(), DatabaseReplacement.class.getName(),
					DirectoryCopy.class.getName(), FailureNote.class.getName(), HeldRestore.class.getName(),
					NameClaim.class.getName(), NewName.class.getName(), OrphanedJournal.class.getName(),
					PartialFile.class.getName(), PlannedRestoreFile.class.getName(), SnapshotBookmark.class.getName(),
					SnapshotDirectory.class.getName(), SnapshotRemoval.class.getName(), SqliteLibrary.class.getName(),
					StagedManifest.class.getName(), VerifiedSnapshot.class.getName(), WriteTrial.class.getName(),
					CORE + ".command.RehearsalEnd", CORE + ".command.ScratchDirectory");
	}

	@ParameterizedTest
	@ValueSource(strings = { "java.io.FileOutputStream", "java.io.FileWriter", "java.io.RandomAccessFile",
			"java.io.FileInputStream", "java.io.FileReader" })
	void noClassOpensFilesWithStreams(String type) {
		noClasses().should().dependOnClassesThat().haveFullyQualifiedName(type).check(CLASSES);
	}

	/**
	 * They answer no, or zero, where they could not find out.
	 */
	@Test
	void nobodyAsksWhatFallsBackToDefaultInsteadOfFailing() {
		assertThat(callersOf((target) -> target.getOwner().isEquivalentTo(File.class)
				&& !target.getName().matches("<init>|toPath|getAbsoluteFile")))
			.isEmpty();
		assertThat(callersOf((target) -> target.getOwner().isEquivalentTo(Files.class)
				&& target.getName().matches("exists|notExists|isRegularFile|isDirectory|isReadable|isWritable")))
			.as("but for the scripts of migrations")
			.isSubsetOf(CORE + ".flyway.AppliedMigrations");
	}

	@Test
	void noFileIsLong() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
			assertThat(files.filter((file) -> file.toString().endsWith(".java")))
				.allSatisfy((file) -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(LINES));
		}
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(packages()).isNotEmpty().allSatisfy((name) -> {
			JavaPackage javaPackage = CLASSES.getPackage(name);
			assertThat(javaPackage.isAnnotatedWith(NullMarked.class)).isTrue();
		});
	}

	private static SliceAssignment slicing(String description, Function<JavaClass, String> slice) {
		return new SliceAssignment() {

			@Override
			public String getDescription() {
				return description;
			}

			@Override
			public SliceIdentifier getIdentifierOf(JavaClass type) {
				return SliceIdentifier.of(slice.apply(type));
			}

		};
	}

	private static Set<String> packages() {
		return CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
	}

	private static DescribedPredicate<JavaClass> inOursBut(String... names) {
		return JavaClass.Predicates.resideInAPackage(CORE + "..")
			.and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(names)));
	}

	private static Set<String> callersOf(Predicate<CodeUnitCallTarget> target) {
		return CLASSES.stream()
			.flatMap((type) -> type.getCodeUnits().stream())
			.flatMap((unit) -> unit.getCallsFromSelf().stream())
			.filter((call) -> target.test(call.getTarget()))
			.map(JavaAccess::getOriginOwner)
			.map(JavaClass::getName)
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
