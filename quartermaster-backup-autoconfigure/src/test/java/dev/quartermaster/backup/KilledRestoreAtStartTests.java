/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a planned restore is neither lost nor repeated, and the database what it was
 * or what was wished for, when a start is killed at any moment: before each of the system
 * calls that write, name or flush anything.
 */
@Tag("process")
class KilledRestoreAtStartTests {

	private static final String CALLS = "?rename,?renameat,?renameat2,?link,?linkat,?unlink,?unlinkat,?ftruncate,"
			+ "fsync,fdatasync,pwrite64";

	private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\(");

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(Before.class)
	void nextStartCarriesOutWhatTheKilledOneDidNotAndRepeatsNothing(Before before) throws Exception {
		int kills = Campaign.scale("restore-at-start-kills", 1);
		Path template = before.make(Files.createDirectory(this.temp.resolve("template")));
		List<String> original = before.items(template.resolve("app.db"));
		int done = 0;
		int begun = 0;
		int killed = 0;
		for (Moment moment : moments(before, template)) {
			Path directory = this.temp.resolve(moment.toString());
			FileSystemUtils.copyRecursively(template, directory);
			Path database = directory.resolve("app.db");
			Process process = JavaProcess.startKilledAt(this.temp.resolve("trace"), moment.call(), moment.time(),
					Starting.class, database.toString());
			process.getInputStream().readAllBytes();
			boolean ended = process.waitFor() == 0;
			killed += ended ? 0 : 1;
			begun += marks(directory).stream().anyMatch((name) -> !name.contains("-planned-")) ? 1 : 0;
			String what = before + ", killed at " + moment;
			List<String> found = before.items(database);
			boolean restored = found.equals(before.wished());
			assertThat(restored || found.equals(original)).as(what).isTrue();
			assertThat(restored || !marks(directory).isEmpty()).as(what + ": lost").isTrue();
			done += restored ? 1 : 0;
			String content = restored ? Restoring.content(database) : "";
			Starting.main(new String[] { database.toString() });
			assertThat(TestDatabase.check(database)).as(what).containsExactly("ok");
			assertThat(TestDatabase.items(database)).as(what).isEqualTo(before.wished());
			assertThat(marks(directory)).as(what).isEmpty();
			if (restored) {
				assertThat(Restoring.content(database)).as(what + ": repeated").isEqualTo(content);
			}
			assertThat(kept(directory)).as(what).hasSize(before.keeps());
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('since')");
			Starting.main(new String[] { database.toString() });
			assertThat(TestDatabase.items(database)).as(what + ": repeated").contains("since");
			FileSystemUtils.deleteRecursively(directory);
			if (killed == kills) {
				break;
			}
		}
		assertThat(killed).as("kills that came before the end").isPositive();
		Campaign.tell("restore at the next start, %s: %d killed, %d after it was begun, %d after it was done", before,
				killed, begun, done);
	}

	/**
	 * Return all moments of a start, in any order. Of some calls it does not always make
	 * as many.
	 */
	private List<Moment> moments(Before before, Path template) throws Exception {
		Path directory = this.temp.resolve("whole");
		FileSystemUtils.copyRecursively(template, directory);
		Path trace = this.temp.resolve("whole-trace");
		Process process = JavaProcess.startTracedInOne(trace, CALLS, Starting.class,
				directory.resolve("app.db").toString());
		process.getInputStream().readAllBytes();
		assertThat(process.waitFor()).isZero();
		List<Moment> moments = momentsIn(Files.readAllLines(trace));
		Collections.shuffle(moments,
				Campaign.random(moments.size() + " moments to kill a restore at the next start, " + before));
		return moments;
	}

	/**
	 * The thread that makes most of the calls is the one that restores.
	 */
	private static List<Moment> momentsIn(List<String> trace) {
		Map<String, List<String>> threads = new HashMap<>();
		for (String line : trace) {
			Matcher call = CALL.matcher(line);
			if (call.lookingAt()) {
				threads.computeIfAbsent(call.group(1), (thread) -> new ArrayList<>()).add(call.group(2));
			}
		}
		List<String> calls = Collections.max(threads.values(), Comparator.comparing(List::size));
		List<Moment> moments = new ArrayList<>();
		for (int i = 0; i < calls.size(); i++) {
			String call = calls.get(i);
			moments.add(new Moment(call, Collections.frequency(calls.subList(0, i + 1), call)));
		}
		return moments;
	}

	private static List<String> marks(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory.resolve("backups"))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith(".quartermaster-restore-"))
				.toList();
		}
	}

	private static List<Path> kept(Path directory) {
		return BackupDirectory.published(directory.resolve("backups"))
			.stream()
			.filter((file) -> file.getFileName().toString().contains("-pre-restore"))
			.toList();
	}

	/**
	 * The moment before a call.
	 *
	 * @param call the name of the system call
	 * @param time which of those that the thread makes
	 */
	private record Moment(String call, int time) {

		@Override
		public String toString() {
			return this.call + "-" + this.time;
		}

	}

	/**
	 * What a start finds.
	 */
	enum Before {

		WAL, ROLLBACK_JOURNAL, MISSING, NO_DATABASE;

		Path make(Path directory) throws IOException {
			Path database = TestDatabase.create(directory.resolve("app.db"), 300);
			if (this == WAL) {
				TestDatabase.execute(database, "PRAGMA journal_mode = WAL");
			}
			SqliteBackupService service = BackupServices.service(database);
			Path snapshot = BackupServices.backup(service, "good").snapshot().file();
			new PlannedRestores(BackupServices.settings(), (file) -> Optional.empty(), (file) -> true).plan(service,
					snapshot, false, null);
			TestDatabase.execute(database, "DELETE FROM item WHERE id > 100",
					"INSERT INTO item (name) SELECT name || ' again' FROM item");
			if (this == MISSING) {
				Files.delete(database);
			}
			if (this == NO_DATABASE) {
				Files.writeString(database, "Dear diary, ".repeat(3000));
			}
			return directory;
		}

		/**
		 * Return what is in the database, or what stands for that.
		 */
		List<String> items(Path database) throws IOException {
			if (!Files.exists(database) || Files.size(database) == 0) {
				return List.of("nothing");
			}
			if (this == NO_DATABASE
					&& Files.readString(database, StandardCharsets.ISO_8859_1).startsWith("Dear diary")) {
				return List.of("no database");
			}
			return TestDatabase.items(database);
		}

		List<String> wished() {
			return IntStream.rangeClosed(1, 300).mapToObj((i) -> "item " + i).toList();
		}

		int keeps() {
			return (this == WAL || this == ROLLBACK_JOURNAL) ? 1 : 0;
		}

	}

	/**
	 * A start of an application, as far as it goes.
	 */
	static final class Starting {

		public static void main(String[] args) {
			SQLiteDataSource dataSource = new SQLiteDataSource();
			dataSource.setUrl("jdbc:sqlite:" + args[0]);
			new RestoreAtStart(BackupServices.settings(), BackupListener.NONE, (file) -> Optional.empty())
				.beforeFirstConnection(dataSource);
		}

	}

}
