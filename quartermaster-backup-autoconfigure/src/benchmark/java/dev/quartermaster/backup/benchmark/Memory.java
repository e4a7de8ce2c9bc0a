/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.JavaProcess;

/**
 * How much memory a snapshot takes: that of a whole JVM with little heap that takes one.
 */
final class Memory {

	private static final String HEAP = "-Xmx32m";

	private static final Path STATUS = Path.of("/proc/self/status");

	private final Path work;

	private final Report report;

	Memory(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(List<Integer> sizes) throws Exception {
		this.report.section("Memory", "A JVM with `" + HEAP + "` that takes one snapshot with `verification: quick`.");
		List<List<String>> rows = new ArrayList<>();
		for (int size : sizes) {
			Path source = BenchmarkDatabase.create(this.work.resolve("source.db"), size);
			Path directory = this.work.resolve("target");
			Process process = JavaProcess.start(List.of(HEAP, "-D" + Benchmarks.QUIET + "=WARN"), Snapshots.class,
					source.toString(), directory.toString());
			String peak = new String(process.getInputStream().readAllBytes()).strip();
			rows.add(List.of(Report.size(size), (process.waitFor() == 0) ? "completed" : "FAILED", peak));
			Scratch.delete(directory);
			Scratch.delete(source);
		}
		this.report.table("Peak resident memory of the process", List.of("database", "snapshot", "peak RSS"), rows);
	}

	/**
	 * Return the peak of this process, as far as the operating system tells.
	 */
	static String peak() throws IOException {
		if (!Files.exists(STATUS)) {
			return "not known here";
		}
		return Files.readAllLines(STATUS)
			.stream()
			.filter((line) -> line.startsWith("VmHWM:"))
			.map((line) -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MB")
			.findFirst()
			.orElse("not known here");
	}

}
