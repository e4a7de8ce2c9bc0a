/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that moves money in a {@link Ledger} as fast as it can, as an application
 * that leaves everything at its default would, and ends at the first error.
 */
public final class LedgerWriter implements AutoCloseable {

	private final Path database;

	private final Process process;

	private final long before;

	private LedgerWriter(Path database, long before, Process process) {
		this.database = database;
		this.before = before;
		this.process = process;
	}

	/**
	 * Start one, and return when it has committed for the first time.
	 */
	public static LedgerWriter start(Path database) throws IOException {
		long before = Ledger.moved(database);
		LedgerWriter writer = new LedgerWriter(database, before,
				JavaProcess.start(LedgerWriter.class, database.toString()));
		assertThat(writer.process.getInputStream().read()).as("the writer has committed").isEqualTo('.');
		return writer;
	}

	/**
	 * Assert that it has met no error.
	 */
	public void assertUndisturbed() {
		assertThat(this.process.isAlive()).as("the writer has met no error").isTrue();
	}

	/**
	 * Stop it, and assert that it met no error and that the database has all that it
	 * committed.
	 * @return how often it committed
	 */
	public long stop() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		String output = new String(this.process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(this.process.waitFor()).as("the writer has met no error").isZero();
		long commits = Long.parseLong(output.strip());
		assertThat(Ledger.moved(this.database)).as("commits in the database").isEqualTo(this.before + commits);
		return commits;
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

	public static void main(String[] args) throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		Thread listener = new Thread(() -> {
			try {
				while (System.in.read() >= 0) {
					continue;
				}
			}
			catch (IOException ex) {
				// The other end is gone.
			}
			stop.set(true);
		});
		listener.setDaemon(true);
		listener.start();
		long commits = 0;
		try (Connection connection = TestDatabase.open(Path.of(args[0]));
				Ledger.Mover mover = new Ledger.Mover(connection)) {
			while (!stop.get() || commits == 0) {
				mover.move();
				commits++;
				if (commits == 1) {
					System.out.print('.');
					System.out.flush();
				}
			}
		}
		System.out.println(commits);
	}

}
