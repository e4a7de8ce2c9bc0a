/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to which snapshots of a database a release of the application can take. The
 * migrations of the release are looked for when they are needed first. Where the answer
 * follows from the version of the schema, as with Flyway, it is found out once for each.
 * For use by one thread at a time.
 */
public final class SchemaFits {

	private static final Logger logger = LoggerFactory.getLogger(SchemaFits.class);

	private final Function<String, Optional<ReleaseMigrations>> source;

	private final Map<String, Optional<ReleaseMigrations>> migrations = new HashMap<>();

	private final Map<Question, Optional<SchemaFit>> answers = new HashMap<>();

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param source gives the migrations of the release by the tool that applies them
	 */
	public SchemaFits(Function<String, Optional<ReleaseMigrations>> source) {
		this.source = source;
	}

	/**
	 * Return whether the release can take a snapshot, as its manifest tells.
	 * @param snapshot the file of the snapshot
	 * @param manifest its manifest
	 * @return the answer, or empty if that is not known
	 */
	public Optional<SchemaFit> of(Path snapshot, SnapshotManifest manifest) {
		String version = manifest.schema().version();
		String tool = manifest.schema().tool();
		if (version == null || tool == null) {
			return Optional.empty();
		}
		Question question = new Question(version, tool, manifest.application().version());
		Optional<SchemaFit> known = this.answers.get(question);
		if (known != null) {
			return known;
		}
		try {
			Optional<SchemaFit> answer = answer(snapshot, question);
			if (tool.equals(SchemaHistory.FLYWAY)) {
				this.answers.put(question, answer);
			}
			return answer;
		}
		catch (BackupException ex) {
			logger.debug("The history in {} is unknown", snapshot, ex);
			return Optional.empty();
		}
	}

	/**
	 * Return whether the release can take a snapshot, as the snapshot itself tells.
	 * @param snapshot the file of the snapshot
	 * @param manifest its manifest, if it has one, which tells who wrote it
	 * @return the answer, or empty if that is not known
	 */
	public Optional<SchemaFit> inside(Path snapshot, Optional<SnapshotManifest> manifest) {
		String writer = manifest.map((found) -> found.application().version()).orElse(null);
		try {
			return SqliteReader.readSnapshot(snapshot, SchemaHistory::in)
				.flatMap((history) -> answer(snapshot, new Question(history.version(), history.tool(), writer)));
		}
		catch (BackupException ex) {
			// Whoever restores it says what is wrong with it.
			logger.debug("The schema of {} is unknown", snapshot, ex);
			return Optional.empty();
		}
	}

	private Optional<SchemaFit> answer(Path snapshot, Question question) {
		Optional<ReleaseMigrations> known = this.migrations.computeIfAbsent(question.tool, this::migrations);
		return known.flatMap((release) -> release.fitOf(snapshot, question.version, question.writer));
	}

	private Optional<ReleaseMigrations> migrations(String tool) {
		try {
			return this.source.apply(tool);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("The migrations of this release are unknown", Secrets.mask(ex));
			return Optional.empty();
		}
	}

	private record Question(String version, String tool, @Nullable String writer) {

	}

}
