/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names of databases, as Spring Boot names the pools in its metrics: like the bean of
 * the data source, without {@code DataSource} at the end. Where that would name two, both
 * keep the whole name of the bean.
 * <p>
 * All data sources count, whether or not they can be reached or are of SQLite: the name
 * of a database does not depend on how another one is doing.
 */
public final class DatabaseNames {

	private static final String SUFFIX = "datasource";

	private final List<String> beans;

	DatabaseNames(Set<String> beans) {
		this.beans = List.copyOf(beans);
	}

	/**
	 * Return the name of the database behind a data source.
	 * @param bean the name of its bean, one of those given before
	 */
	String of(String bean) {
		String name = withoutSuffix(bean);
		// Names become directories, some of which do not tell cases apart.
		boolean taken = this.beans.stream()
			.filter((other) -> !other.equals(bean))
			.anyMatch((other) -> other.equalsIgnoreCase(name) || withoutSuffix(other).equalsIgnoreCase(name));
		return taken ? bean : name;
	}

	/**
	 * Return the name of a data source without {@code DataSource} at the end, in whatever
	 * case, unless nothing else is left.
	 * @param bean the name of the data source
	 * @return the shorter name
	 */
	public static String withoutSuffix(String bean) {
		int end = bean.length() - SUFFIX.length();
		return (end > 0 && bean.toLowerCase(Locale.ROOT).endsWith(SUFFIX)) ? bean.substring(0, end) : bean;
	}

}
