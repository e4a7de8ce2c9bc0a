/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Warnings}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WarningsTests {

	private final List<String> heard = new ArrayList<>();

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDamagedDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 5000);
		// The root page of the table.
		TestDatabase.overwrite(this.database, 4096, new byte[] { 99, 99, 99, 99 });
	}

	@Test
	void listenerHearsWhatTheLogSays(CapturedOutput output) {
		service(this.heard::add).backup("x");
		assertThat(this.heard).singleElement()
			.asString()
			.startsWith("The database " + this.database + " is DAMAGED (")
			.satisfies((warning) -> assertThat(output).contains("WARN").contains(warning));
	}

	@Test
	void listenerHearsNothingOfOthers() {
		SqliteBackupService service = service(this.heard::add);
		service.list();
		BackupServices.service(this.database).backup("x");
		assertThat(this.heard).isEmpty();
	}

	@Test
	void listenerOfBackupWithinBackupHearsItsOwn() {
		SqliteBackupService inner = service(this.heard::add);
		List<String> outer = new ArrayList<>();
		Warnings.heardBy(listener(outer::add), () -> {
			BackupResult result = inner.backup("inner");
			Warnings.warn(LoggerFactory.getLogger(WarningsTests.class), "of the outer one");
			assertThat(outer).as("not before it has ended").isEmpty();
			return result;
		});
		assertThat(this.heard).hasSize(1);
		assertThat(outer).containsExactly("of the outer one");
	}

	@Test
	void listenerThatFailsAffectsNothing(CapturedOutput output) {
		BackupResult result = service((warning) -> {
			throw new IllegalStateException("not now");
		}).backup("x");
		assertThat(result).isInstanceOf(BackupResult.Created.class);
		assertThat(output).contains("A backup listener failed", "not now");
	}

	@Test
	void listenerHearsWhenNothingIsLockedAnyMore() {
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 1);
		service((warning) -> TestDatabase.execute(this.database, "CREATE TABLE heard (id)")).restore(snapshot, true);
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM heard")).containsExactly("0");
	}

	private SqliteBackupService service(Consumer<String> warnings) {
		return new SqliteBackupService(SqliteDatabase.of(this.database), BackupServices.settings(), listener(warnings));
	}

	private static BackupListener listener(Consumer<String> warnings) {
		return new BackupListener() {

			@Override
			public void onWarning(String message) {
				warnings.accept(message);
			}

		};
	}

}
