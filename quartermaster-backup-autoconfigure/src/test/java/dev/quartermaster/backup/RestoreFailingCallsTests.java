/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a restore in which a call to the operating system fails when all is done but
 * that.
 */
@Tag("process")
class RestoreFailingCallsTests {

	private static final int ROWS = 1000;

	@TempDir
	private Path temp;

	@Test
	void failureBehindTheEndIsSaidOfWhatIsRestored() throws Exception {
		Programs.need("strace", "-f", "-o", "/dev/null", "true");
		Path home = this.temp.toRealPath();
		Path snapshot = TestDatabase.create(home.resolve("snapshot.db"), 3);
		Path database = TestDatabase.create(home.resolve("app.db"), ROWS);
		Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
		Path trace = home.resolve("trace");
		// The first flush is that of the file which is cut off then.
		Process process = JavaProcess.startFaulty(trace, List.of(database, elsewhere),
				List.of("ftruncate:error=EIO", "fsync:error=EIO:when=2+"), List.of("-Dtest.log.level=WARN"),
				Restores.class, snapshot.toString(), database.toString(), elsewhere.resolve("new.db").toString());
		assertThat(process.waitFor()).isZero();
		assertThat(trace).content().contains("ftruncate(").containsPattern("ftruncate.*INJECTED");
		assertThat(trace).content().containsPattern("fsync.*INJECTED");
	}

	/**
	 * Restores a database by way of SQLite and one that is not there, and is told of what
	 * fails.
	 */
	static final class Restores {

		public static void main(String[] args) {
			ListAppender<ILoggingEvent> log = new ListAppender<>();
			((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(log);
			log.start();
			Path snapshot = Path.of(args[0]);
			for (Path database : List.of(Path.of(args[1]), Path.of(args[2]))) {
				log.list.clear();
				RestoreResult result = BackupServices.service(database).restore(snapshot, false);
				assertThat(result.verification()).isInstanceOf(Verification.Sound.class);
				assertThat(TestDatabase.items(database)).hasSize(3);
				assertThat(log.list.stream().filter((event) -> event.getLevel() == Level.WARN)).singleElement()
					.satisfies((event) -> assertThat(event.getFormattedMessage())
						.startsWith("The database " + database + " was restored")
						.contains("Check the disk"));
			}
			assertThat(BackupServices.service(Path.of(args[1])).list()).singleElement()
				.satisfies((kept) -> assertThat(TestDatabase.items(kept.file())).hasSize(ROWS));
		}

	}

}
