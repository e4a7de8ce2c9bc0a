/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.migration.MigrationAudit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import org.springframework.boot.convert.DurationStyle;

/**
 * The subcommand that starts the application on a copy of its data, to see what its
 * migrations do to it.
 */
@Command(name = "rehearse", description = {
		"Start this version of the application on a copy of the data, and compare before and after.",
		"It ends when it is ready to work: it serves nothing and runs no schedule. The database is only read,"
				+ " and may be in use. Exits with 1 if this version cannot take over the data, or loses some." })
final class RehearseCommand extends DatabaseCommand {

	@Parameters(arity = "0..1", paramLabel = "NAME|latest|FILE",
			description = "A snapshot to rehearse on. By default, the database as it is now.")
	private @Nullable String which;

	@Option(names = "--timeout", paramLabel = "TIME",
			description = "How long the application may take to start, as in 90s or 10m. By default, however long.")
	private @Nullable String timeout;

	@Override
	int run(ApplicationConfiguration configuration, BackupSettings settings, Console console, ProgressBar progress) {
		Duration limit = limit();
		ApplicationLaunch launch = ApplicationLaunch.ofThisProcess();
		launch.program();
		Map<Path, SqliteBackupService> sources = new LinkedHashMap<>();
		configuration.databases()
			.forEach((file, database) -> sources.put(file, service(database, configuration, settings, progress)));
		boolean one = url() != null || databaseName() != null || this.which != null || sources.isEmpty()
				|| configuration.isGivenByVariable();
		SqliteDatabase chosen = one ? database(configuration) : null;
		Path standsFor = (chosen != null) ? standsFor(chosen, sources, configuration) : null;
		if (chosen != null && standsFor != null) {
			sources.put(standsFor, service(chosen, configuration, settings, progress));
		}
		SqliteBackupService outright = (chosen != null && standsFor == null)
				? service(chosen, configuration, settings, progress) : null;
		try (ScratchDirectory scratch = ScratchDirectory.create();
				RehearsedDatabases rehearsed = new RehearsedDatabases(scratch.path());
				RehearsalProcess process = new RehearsalProcess(() -> {
					rehearsed.remove();
					ScratchDirectory.remove(scratch.path());
				})) {
			Map<Path, Path> copies = new LinkedHashMap<>();
			sources.forEach((file, backups) -> {
				Path copy = rehearsed.add(backups, file.equals(standsFor) ? this.which : null);
				copies.put(file, copy);
				// That one is not to be opened either.
				copies.putIfAbsent(backups.database(), copy);
			});
			Path main = (outright != null) ? rehearsed.add(outright, this.which) : null;
			if (outright != null && main != null) {
				copies.putIfAbsent(outright.database(), main);
			}
			if (rehearsed.isEmpty()) {
				console.result("Nothing to rehearse: there is no data in " + sources(sources, outright) + " yet.",
						Map.of("result", "nothing-to-rehearse"));
				return ExitCode.OK;
			}
			RehearsalHandover handover = new RehearsalHandover(copies, main, scratch.path(),
					ProcessHandle.current().pid());
			RehearsalProcess.Outcome outcome = process.run(handover,
					launch.words(scratch::argumentFile, options(scratch.path()), configuration.commandLine()), limit,
					progress);
			return report(outcome, rehearsed, new MigrationAudit(configuration.expectedLoss()), console, progress);
		}
	}

	private @Nullable Duration limit() {
		if (this.timeout == null) {
			return null;
		}
		try {
			Duration limit = DurationStyle.detectAndParse(this.timeout, ChronoUnit.SECONDS);
			if (!limit.isNegative() && !limit.isZero()) {
				return limit;
			}
		}
		catch (IllegalArgumentException ex) {
			// The same as one that is no time.
		}
		throw new UsageException("The time given with --timeout is not one such as 90s or 10m: " + this.timeout);
	}

	/**
	 * Return which database of the application the chosen one takes the place of.
	 * @return its file, or {@code null} if the configuration names none
	 */
	private @Nullable Path standsFor(SqliteDatabase chosen, Map<Path, SqliteBackupService> sources,
			ApplicationConfiguration configuration) {
		if (sources.containsKey(chosen.file())) {
			return chosen.file();
		}
		if (databaseName() != null) {
			return configuration.database(null, databaseName()).file();
		}
		if (sources.size() > 1) {
			throw new UsageException("The application is configured with several SQLite databases: "
					+ String.join(", ", sources.keySet().stream().map(Path::toString).toList())
					+ ". Choose with --database for which one the given one stands.");
		}
		return sources.keySet().stream().findFirst().orElse(null);
	}

	private static List<String> options(Path scratch) {
		return List.of("-Djava.io.tmpdir=" + scratch, "-Dorg.sqlite.tmpdir=" + scratch,
				// The files of the log are those of the application that runs.
				"-Dlogging.file.name=", "-Dlogging.file.path=", "-Dspring.main.banner-mode=off",
				"-Dspring.devtools.restart.enabled=false");
	}

	private static String sources(Map<Path, SqliteBackupService> sources, @Nullable SqliteBackupService outright) {
		List<String> files = new ArrayList<>();
		sources.values().forEach((backups) -> files.add(backups.database().toString()));
		if (outright != null) {
			files.add(outright.database().toString());
		}
		return String.join(", ", files);
	}

	private int report(RehearsalProcess.Outcome outcome, RehearsedDatabases rehearsed, MigrationAudit audit,
			Console console, ProgressBar progress) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("result", "failed");
		data.put("millis", outcome.took().toMillis());
		if (!outcome.ready()) {
			data.put("exitCode", outcome.timedOut() ? null : outcome.exit());
			data.put("databases", rehearsed.files());
			if (!outcome.output().isEmpty()) {
				console.note(outcome.output());
			}
			if (console.isJson()) {
				console.result("", data);
			}
			throw new BackupException((outcome.timedOut() ? "It is unknown whether this version of the application can"
					: "This version of the application cannot") + " take over the data of " + rehearsed.names()
					+ ": started on a copy, " + why(outcome), "The database was not touched.", null);
		}
		if (isDebug()) {
			console.note(outcome.output());
		}
		progress.working("Comparing before and after");
		List<RehearsedDatabase.Result> results = rehearsed.compare(audit);
		progress.erase();
		if (!outcome.opened() && results.stream().noneMatch(RehearsedDatabase.Result::isChanged)) {
			if (console.isJson()) {
				console.result("", data);
			}
			throw new BackupException(
					"It is unknown whether this version of the application can take over the data of "
							+ rehearsed.names() + ": it starts, but no DataSource of it leads to the copy",
					"Check the configuration and profiles that it was started with. The database was not touched.",
					null);
		}
		boolean lost = results.stream().anyMatch((result) -> result.comparison().hasLosses());
		data.put("result", lost ? "loses-data" : "takes-over");
		data.put("databases", results.stream().map(RehearsedDatabase.Result::data).toList());
		List<String> text = new ArrayList<>(results.stream().map(RehearsedDatabase.Result::text).toList());
		text.add(verdict(results, lost, outcome.took(), console));
		console.result(String.join(System.lineSeparator(), text), data);
		return lost ? ExitCode.SOFTWARE : ExitCode.OK;
	}

	private static String why(RehearsalProcess.Outcome outcome) {
		if (outcome.timedOut()) {
			return "it was not ready after " + outcome.took().toSeconds() + " s and was ended";
		}
		return (outcome.exit() == 0) ? "it ended before it was ready" : "it failed with exit code " + outcome.exit()
				+ (outcome.output().isEmpty() ? "" : " and the report above");
	}

	private static String verdict(List<RehearsedDatabase.Result> results, boolean lost, Duration took,
			Console console) {
		String time = " (%.1f s). The database was not touched.".formatted(took.toMillis() / 1000.0);
		if (!lost) {
			return console.good("This version can take over the data") + ", and loses none of it" + time;
		}
		List<String> names = results.stream()
			.flatMap((result) -> result.comparison().losses().stream())
			.map(DataLoss::name)
			.distinct()
			.toList();
		return console.bad("This version loses data") + time + " If that is meant, set "
				+ ApplicationProperties.EXPECTED_LOSS + "=" + String.join(",", names) + ".";
	}

}
