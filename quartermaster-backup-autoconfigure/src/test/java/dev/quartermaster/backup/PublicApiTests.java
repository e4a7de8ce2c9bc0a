/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The types that are public, of which each is a decision. Those that applications may
 * rely on are marked in {@code public-types.txt}, and named by the documentation of their
 * package.
 */
class PublicApiTests {

	private static final String PREFIX = SqliteBackupService.class.getPackageName() + ".";

	private static final Path SOURCES = Path.of("src/main/java", PREFIX.replace('.', '/'));

	private static final Path LIST = Path.of("src/test/resources/public-types.txt");

	private static final String STABLE = "stable ";

	private static final Pattern LINK = Pattern.compile("\\{@link " + Pattern.quote(PREFIX) + "([\\w.]+)\\}");

	@Test
	void everyPublicTypeIsListed() throws Exception {
		Path classes = Path.of(SqliteBackupService.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Set<String> types = new TreeSet<>();
		try (Stream<Path> files = Files.walk(classes.resolve(PREFIX.replace('.', '/')))) {
			for (Path file : files.filter((file) -> file.toString().endsWith(".class")).toList()) {
				String name = classes.relativize(file).toString().replaceFirst("\\.class$", "").replace('/', '.');
				if (!name.contains("$") && Modifier.isPublic(type(name).getModifiers())) {
					types.add(name.substring(PREFIX.length()));
				}
			}
		}
		assertThat(listed("(stable|internal) ")).containsExactlyElementsOf(types);
	}

	@Test
	void documentationOfPackagesNamesWhatIsStable() throws IOException {
		Set<String> named = new TreeSet<>();
		try (Stream<Path> files = Files.walk(SOURCES)) {
			for (Path file : files.filter((file) -> file.endsWith("package-info.java")).toList()) {
				String text = Files.readString(file).replaceAll("\\s+\\*\\s+", " ");
				LINK.matcher(text.substring(text.indexOf("<p>") + 1))
					.results()
					.forEach((link) -> named.add(link.group(1)));
				assertThat(text).as(file.toString()).contains("internal", "may change with any release");
			}
		}
		assertThat(listed(STABLE).stream().filter((type) -> !type.endsWith("AutoConfiguration")))
			.containsExactlyElementsOf(named);
	}

	/**
	 * The constructors and methods that mention them are for the other packages, as the
	 * documentation of the core says.
	 */
	@Test
	void stableTypesMentionFewInternalOnes() throws Exception {
		Set<String> stable = listed(STABLE);
		Set<String> others = new TreeSet<>();
		for (String type : stable) {
			for (Class<?> mentioned : mentionedBy(type(PREFIX + type))) {
				String name = mentioned.getName().split("\\$")[0];
				if (name.startsWith(PREFIX) && !stable.contains(name.substring(PREFIX.length()))) {
					others.add(type + ": " + name.substring(PREFIX.length()));
				}
			}
		}
		assertThat(others).containsExactly("SqliteBackupRegistry: DatabaseCandidates",
				"SqliteBackupService: SnapshotBookmark", "SqliteBackupService: SnapshotSearch",
				"flyway.BackupCallback: migration.MigrationGuard");
	}

	private static List<Class<?>> mentionedBy(Class<?> type) {
		List<Class<?>> mentioned = new ArrayList<>();
		Stream.of(type.getConstructors(), type.getMethods()).<Executable>flatMap(Arrays::stream).forEach((member) -> {
			mentioned.addAll(List.of(member.getParameterTypes()));
			mentioned.addAll(List.of(member.getExceptionTypes()));
			if (member instanceof Method method) {
				mentioned.add(method.getReturnType());
			}
		});
		return mentioned;
	}

	private static Class<?> type(String name) throws ClassNotFoundException {
		return Class.forName(name, false, SqliteBackupService.class.getClassLoader());
	}

	private static Set<String> listed(String marker) throws IOException {
		try (Stream<String> lines = Files.lines(LIST)) {
			return lines.filter((line) -> line.matches(marker + ".*"))
				.map((line) -> line.replaceFirst(marker, ""))
				.collect(Collectors.toCollection(TreeSet::new));
		}
	}

}
