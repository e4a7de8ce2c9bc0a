/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * {@link ReleaseMigrations} without an order of their own, as the change sets of
 * Liquibase are: which of them a snapshot has is told by the history in it alone.
 *
 * @param known all that the release has
 * @param wanted those of them that it would apply to a new database
 */
public record ChangeSets(Set<ChangeSet> known, Set<ChangeSet> wanted) implements ReleaseMigrations {

	private static final String NOUN = "change set";

	/**
	 * Create a new instance, which keeps copies.
	 * @param known all that the release has
	 * @param wanted those of them that it would apply to a new database
	 */
	public ChangeSets {
		known = Set.copyOf(known);
		wanted = Set.copyOf(wanted);
	}

	/**
	 * A snapshot is newer if its last change sets are unknown to the release, which has
	 * none besides. If none of them is known, the change log may have been replaced; if
	 * the release has others, the two may be of different branches. Then nothing is said.
	 */
	@Override
	public Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer) {
		List<ChangeSet> applied = SqliteReader.readSnapshot(snapshot, ChangeSets::appliedIn);
		if (applied.stream().noneMatch(this.known::contains)) {
			return Optional.empty();
		}
		Set<ChangeSet> pending = new HashSet<>(this.wanted);
		applied.forEach(pending::remove);
		if (this.known.contains(applied.get(applied.size() - 1))) {
			return Optional.of(SchemaFit.pending(pending.size(), NOUN));
		}
		return pending.isEmpty() ? Optional.of(SchemaFit.newer(writer, NOUN)) : Optional.empty();
	}

	/**
	 * Return the change sets that were applied to a database, in that order.
	 * @param statement a statement of a connection to the database
	 * @return the change sets, or none if it has no history of Liquibase
	 * @throws SQLException if they cannot be read
	 */
	public static List<ChangeSet> appliedIn(Statement statement) throws SQLException {
		List<ChangeSet> applied = new ArrayList<>();
		List<String> tables = HistoryTables.allOfLiquibase(statement);
		if (tables.isEmpty()) {
			return applied;
		}
		try (ResultSet result = statement.executeQuery(
				"SELECT id, author, filename FROM " + SqlText.identifier(tables.get(0)) + " ORDER BY orderexecuted")) {
			while (result.next()) {
				applied.add(ChangeSet.of(result.getString(1), result.getString(2), result.getString(3)));
			}
		}
		return applied;
	}

	/**
	 * A change set.
	 *
	 * @param id its identifier, which another file may have as well
	 * @param author its author
	 * @param path the file that it is in
	 */
	public record ChangeSet(String id, String author, String path) {

		/**
		 * Return a change set.
		 * @param id its identifier
		 * @param author its author
		 * @param path the file that it is in, in any of the ways in which Liquibase
		 * writes it
		 * @return the change set
		 */
		public static ChangeSet of(String id, String author, String path) {
			String plain = path.replace('\\', '/').replaceFirst("^classpath\\*?:", "").replaceFirst("^/+", "");
			return new ChangeSet(id, author, plain);
		}

		/**
		 * Return whether this is what somebody means.
		 * @param text the identifier, or identifier and author with {@code ::} between
		 * @return whether it is
		 */
		public boolean isCalled(String text) {
			return this.id.equals(text) || (this.id + "::" + this.author).equals(text);
		}

	}

}
