/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.List;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;

/**
 * The content of a database, as far as an audit looks at it. Names are compared in any
 * case, as SQLite does.
 *
 * @param schema the statements that made the schema
 * @param version the version of the schema, as Flyway counts it, or {@code null}
 * @param tables the tables by name, without those of SQLite, of virtual tables and of the
 * tools that migrate
 * @param histories the number of rows in the tables of the tools that migrate
 * @param broken the views, and the tables with triggers, that name what does not exist,
 * by name, and what SQLite says of each
 */
record DatabaseContent(List<String> schema, @Nullable String version, SortedMap<String, TableContent> tables,
		SortedMap<String, Long> histories, SortedMap<String, String> broken) {

}
