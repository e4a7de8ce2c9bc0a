/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that root leaves nothing behind which the application, running as the owner of
 * its database, could not use.
 */
@DisabledOnOs(OS.WINDOWS)
class FileOwnerTests {

	private static final int OWNER = 65_534;

	private static final int GROUP = 65_533;

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() throws IOException {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root may give files away");
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		Files.setAttribute(this.database, "unix:uid", OWNER);
		Files.setAttribute(this.database, "unix:gid", GROUP);
	}

	@Test
	void allThatIsMadeBelongsToOwnerOfDatabase() throws IOException {
		Path made = this.temp.resolve("some");
		Map<String, String> meanwhile = new TreeMap<>();
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(this.database),
				BackupServices.settings(made.resolve("where"), VerificationMode.QUICK), new BackupListener() {

					@Override
					public void onProgress(Path file, long bytes, long totalBytes) {
						meanwhile.putAll(owners(made));
					}

				});
		Snapshot snapshot = BackupServices.backup(service, "x").snapshot();
		BackupServices.backup(service, "y");
		TestDatabase.execute(this.database, "DELETE FROM item");
		service.restore(snapshot.file(), false);
		assertThat(meanwhile.keySet()).anyMatch((name) -> name.endsWith(".partial"))
			.anyMatch((name) -> name.endsWith(".lock"));
		meanwhile.putAll(owners(made));
		assertThat(meanwhile).hasSizeGreaterThan(6);
		assertThat(meanwhile.values()).containsOnly(OWNER + ":" + GROUP);
		assertThat(owners(this.temp)).containsEntry("app.db", OWNER + ":" + GROUP);
	}

	@Test
	void directoryThatWasThereStaysWhoseItWas() throws IOException {
		Path backups = Files.createDirectory(this.temp.resolve("backups"));
		BackupServices.backup(BackupServices.service(this.database), "x");
		assertThat(owner(backups)).isEqualTo("0:0");
		assertThat(owners(backups).values()).contains("0:0", OWNER + ":" + GROUP);
	}

	private static Map<String, String> owners(Path directory) {
		Map<String, String> owners = new TreeMap<>();
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				owners.put(String.valueOf(file.getFileName()), owner(file));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return owners;
	}

	private static String owner(Path file) throws IOException {
		return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + ":"
				+ Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
	}

}
