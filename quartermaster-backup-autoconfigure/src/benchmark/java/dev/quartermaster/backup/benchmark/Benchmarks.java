/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the benchmarks and writes their tables, as Markdown, to a file and to the console.
 * <p>
 * System properties, all with a default:
 * <ul>
 * <li>{@code benchmark.only}: which of {@code speed}, {@code latency}, {@code memory},
 * {@code audit}, {@code many}, {@code boot}, {@code hook} and {@code inside}; all by
 * default</li>
 * <li>{@code benchmark.sizes}: of the databases, in MB; {@code 10,100,1024}</li>
 * <li>{@code benchmark.rounds}: how often each copy is made, and a writer measured;
 * 5</li>
 * <li>{@code benchmark.snapshots}: how many are many; 20000</li>
 * <li>{@code benchmark.boots}: how often the demo, or its command, is started each way;
 * 24</li>
 * <li>{@code benchmark.seconds}: how long a writer is measured at a time; 10</li>
 * <li>{@code benchmark.demo}: the demo's jar, built before</li>
 * <li>{@code benchmark.directory}: for the databases and for {@code results.md} and
 * {@code snapshot-costs.svg}; needs three times the room of the largest size</li>
 * </ul>
 */
public final class Benchmarks {

	/**
	 * For the log of the tests: a line for each snapshot would hide the tables.
	 */
	static final String QUIET = "test.log.level";

	private Benchmarks() {
	}

	public static void main(String[] args) throws Exception {
		System.setProperty(QUIET, "WARN");
		Path directory = Path.of(System.getProperty("benchmark.directory", "target/benchmark")).toAbsolutePath();
		List<String> only = list("benchmark.only", "speed,latency,memory,audit,many,boot,hook,inside");
		List<Integer> sizes = list("benchmark.sizes", "10,100,1024").stream().map(Integer::valueOf).toList();
		int rounds = Integer.getInteger("benchmark.rounds", 5);
		Path work = directory.resolve("work");
		Scratch.delete(work);
		Files.createDirectories(work);
		Report report = new Report(directory.resolve("results.md"));
		try {
			if (only.contains("speed")) {
				new CopySpeed(work, report).run(sizes, rounds);
			}
			if (only.contains("latency")) {
				new WriterLatency(work, report).run(sizes, rounds, Integer.getInteger("benchmark.seconds", 10));
			}
			if (only.contains("memory")) {
				new Memory(work, report).run(sizes);
			}
			if (only.contains("audit")) {
				new AuditCost(work, report).run(sizes, rounds);
			}
			if (only.contains("many")) {
				new ManySnapshots(work, report).run(Integer.getInteger("benchmark.snapshots", 20_000), rounds);
			}
			Path demo = Path.of(System.getProperty("benchmark.demo", "../demo-app/target/demo-app.jar"))
				.toAbsolutePath()
				.normalize();
			int boots = Integer.getInteger("benchmark.boots", 24);
			if (only.contains("boot")) {
				new Boot(work, report).run(demo, boots);
			}
			if (only.contains("hook")) {
				new Hook(work, report).run(demo, boots);
			}
			if (only.contains("inside")) {
				new Inside(work, report).run(sizes);
			}
		}
		finally {
			Scratch.delete(work);
		}
	}

	private static List<String> list(String property, String defaultValue) {
		return Arrays.stream(System.getProperty(property, defaultValue).split(",")).map(String::strip).toList();
	}

}
