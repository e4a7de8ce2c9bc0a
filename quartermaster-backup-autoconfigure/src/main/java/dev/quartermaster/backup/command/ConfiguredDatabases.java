/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.quartermaster.backup.DatabaseNames;

/**
 * The SQLite databases in the configuration of the application, by name.
 * <p>
 * The application names them like its beans, of which the configuration knows nothing. So
 * they are named like those beans would be by custom: {@code app.datasource.tasks.url}
 * and {@code tasks.datasource.url} both belong to a {@code tasksDataSource}, which is the
 * database {@code tasks}; {@code spring.datasource.url} belongs to {@code dataSource}.
 */
final class ConfiguredDatabases {

	private static final String MAIN_OWNER = "spring.datasource";

	private static final String MAIN = "dataSource";

	private final Map<String, Path> files = new LinkedHashMap<>();

	private final Map<String, String> owners = new LinkedHashMap<>();

	/**
	 * Create a new instance.
	 * @param owners what the URL of each file belongs to, such as
	 * {@code spring.datasource}
	 */
	ConfiguredDatabases(Map<Path, String> owners) {
		owners.forEach((file, owner) -> {
			String name = name(owner, Set.copyOf(owners.values()));
			this.files.put(name, file);
			this.owners.put(name, owner);
		});
	}

	/**
	 * Return the files by name: as short a name as tells them apart.
	 */
	Map<String, Path> files() {
		return this.files;
	}

	Set<String> names() {
		return this.files.keySet();
	}

	/**
	 * Return the names that may be meant by what was typed: the one that is spelled so,
	 * or else those that are like it.
	 */
	List<String> like(String typed) {
		if (this.files.containsKey(typed)) {
			return List.of(typed);
		}
		List<String> owned = matching((name, owner) -> owner.equals(typed));
		return !owned.isEmpty() ? owned
				: matching((name, owner) -> isLike(typed, name) || isLike(typed, lastPart(owner)));
	}

	private List<String> matching(BiPredicate<String, String> condition) {
		return this.owners.entrySet()
			.stream()
			.filter((entry) -> condition.test(entry.getKey(), entry.getValue()))
			.map(Map.Entry::getKey)
			.toList();
	}

	/**
	 * As relaxed as properties are, and with or without what beans have at the end.
	 */
	private static boolean isLike(String typed, String name) {
		String bare = uniform(typed);
		return bare.equals(uniform(name)) || DatabaseNames.withoutSuffix(bare).equals(uniform(name));
	}

	private static String uniform(String name) {
		return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
	}

	private static String name(String owner, Set<String> owners) {
		List<UnaryOperator<String>> ways = List.of(ConfiguredDatabases::shortName, ConfiguredDatabases::longerName);
		for (UnaryOperator<String> way : ways) {
			String name = way.apply(owner);
			Set<String> same = owners.stream()
				.filter((other) -> way.apply(other).equalsIgnoreCase(name))
				.collect(Collectors.toSet());
			if (same.size() == 1) {
				return name;
			}
		}
		return owner;
	}

	private static String shortName(String owner) {
		String name = camelCase(lastPart(owner));
		return name.equalsIgnoreCase(MAIN) ? MAIN : DatabaseNames.withoutSuffix(name);
	}

	/**
	 * Where several are called {@code datasource}, what comes before tells them apart.
	 */
	private static String longerName(String owner) {
		int dot = owner.lastIndexOf('.');
		boolean tellsNothing = dot > 0 && uniform(lastPart(owner)).equalsIgnoreCase(MAIN);
		return (tellsNothing && !owner.equals(MAIN_OWNER)) ? shortName(owner.substring(0, dot)) : shortName(owner);
	}

	private static String lastPart(String owner) {
		return owner.substring(owner.lastIndexOf('.') + 1);
	}

	private static String camelCase(String name) {
		StringBuilder camel = new StringBuilder();
		boolean upper = false;
		for (char letter : name.toCharArray()) {
			if (letter == '-' || letter == '_') {
				upper = !camel.isEmpty();
			}
			else {
				camel.append(upper ? Character.toUpperCase(letter) : letter);
				upper = false;
			}
		}
		return camel.toString();
	}

}
