/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that somebody who interrupts {@link CreateCommand} finds nothing left of it.
 */
class InterruptedCreateTests {

	@TempDir
	private Path temp;

	@Test
	@Tag("process")
	void nothingIsLeftOfTheCopyThatWasBeingMade() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		Process traced = JavaProcess.startFaulty(this.temp.resolve("trace"),
				List.of("pwrite64:delay_enter=" + Duration.ofSeconds(2).toNanos() / 1000), List.of(), Create.class,
				"create", "x", "--url", TestDatabase.url(database));
		try {
			Path backups = this.temp.resolve("backups");
			while (BackupDirectory.leftovers(backups).stream().noneMatch((file) -> file.toFile().length() > 0)) {
				assertThat(traced.isAlive()).isTrue();
				Thread.sleep(20);
			}
			traced.children().forEach(ProcessHandle::destroy);
			assertThat(traced.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(BackupDirectory.files(backups)).isEmpty();
		}
		finally {
			traced.descendants().forEach(ProcessHandle::destroyForcibly);
		}
	}

	/**
	 * Runs the command.
	 */
	static final class Create {

		public static void main(String[] args) {
			System.exit(CommandExecution.run(TypedLine.of(args), () -> ConfigurationFiles.read(List.of())));
		}

	}

}
