/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.quartermaster.backup.benchmark.BenchmarkDatabase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The stages of a snapshot, one by one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class StagesBenchmark {

	@Param("10")
	public int megabytes;

	@Param("target/benchmark/work")
	public String directory;

	private Path database;

	private SnapshotDirectory snapshots;

	private PartialFile complete;

	private PartialFile empty;

	/**
	 * Make a database, one snapshot of it and one staged copy.
	 */
	@Setup
	public void create() throws Exception {
		Path work = Path.of(this.directory, "stages-" + ProcessHandle.current().pid());
		this.snapshots = new SnapshotDirectory(work, work.resolve("app.db"), Clock.systemUTC());
		this.snapshots.prepare(0, 0);
		this.database = BenchmarkDatabase.create(work.resolve("source"), this.megabytes);
		try (PartialFile first = this.snapshots.stage()) {
			copy(first);
			this.snapshots.publish(first,
					SnapshotName.of("app", LocalDateTime.now(ZoneOffset.UTC), SnapshotReason.of("first")),
					Optional::empty);
		}
		this.complete = this.snapshots.stage();
		copy(this.complete);
	}

	/**
	 * Stage an empty file for the copy.
	 */
	@Setup(Level.Iteration)
	public void stage() {
		this.empty = this.snapshots.stage();
	}

	@TearDown(Level.Iteration)
	public void discard() throws Exception {
		this.empty.close();
	}

	@TearDown
	public void delete() throws Exception {
		this.complete.close();
	}

	@Benchmark
	public void copy() {
		copy(this.empty);
	}

	@Benchmark
	public Verification verify() {
		return SnapshotVerifier.verify(this.complete.path(), VerificationMode.QUICK, (bytes, totalBytes) -> {
		});
	}

	@Benchmark
	public Verification verifyAndInspect() {
		try (CopyInspection inspection = CopyInspection.begin(this.complete.path(), this.megabytes * 1024L * 1024L)) {
			Verification verification = verify();
			inspection.findings(Duration.ofMinutes(1));
			return verification;
		}
	}

	@Benchmark
	public Optional<Snapshot> compareWithNewest() {
		return UnchangedContent.NEWEST_KEPT.search().find(this.snapshots.list(), this.complete.path());
	}

	private void copy(PartialFile partial) {
		try (CopySource source = CopySource.open(LiveDatabase.of(this.database), Duration.ofSeconds(10))) {
			new OnlineCopy(source).to(partial.path(), (bytes, total) -> {
			});
		}
	}

}
