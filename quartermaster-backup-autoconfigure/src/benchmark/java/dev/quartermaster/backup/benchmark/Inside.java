/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.StagesBenchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Where the time of a snapshot goes, by JMH.
 */
final class Inside {

	private static final int LARGEST = 100;

	private final Path work;

	private final Report report;

	Inside(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(List<Integer> sizes) throws Exception {
		this.report.section("Inside", "The stages of one snapshot, measured with JMH in a JVM that is warm.");
		Options options = new OptionsBuilder().include(StagesBenchmark.class.getName())
			.param("megabytes",
					sizes.stream().filter((size) -> size <= LARGEST).map(String::valueOf).toArray(String[]::new))
			.param("directory", this.work.toString())
			.verbosity(VerboseMode.SILENT)
			.shouldFailOnError(true)
			.build();
		List<List<String>> rows = new ArrayList<>();
		for (RunResult result : new Runner(options).run()) {
			rows.add(List.of(result.getParams().getParam("megabytes") + " MB, " + result.getPrimaryResult().getLabel(),
					Report.millis(result.getPrimaryResult().getStatistics().getPercentile(50))));
		}
		this.report.table("Stages", List.of("", "median"), rows);
	}

}
