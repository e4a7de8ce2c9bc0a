/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.quartermaster.backup.BackupException;
import org.jspecify.annotations.Nullable;

/**
 * The process of an application in a rehearsal. It never outlives this one, and from its
 * creation on nothing is left if this one is interrupted.
 */
final class RehearsalProcess implements AutoCloseable {

	private static final long TICK_MILLIS = 250;

	/**
	 * More than any stack trace has.
	 */
	private static final int LINES = 2000;

	private static final List<String> VARIABLES_WITH_OPTIONS = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS",
			"_JAVA_OPTIONS");

	private final ProcessEnd processEnd = new ProcessEnd();

	private final Runnable cleanUp;

	private final Deque<String> output = new ArrayDeque<>();

	private volatile @Nullable Process process;

	private volatile boolean interrupted;

	/**
	 * Create a new instance.
	 * @param cleanUp what is to be done once it has ended, if this process is interrupted
	 */
	RehearsalProcess(Runnable cleanUp) {
		this.cleanUp = cleanUp;
		this.processEnd.add(this::end);
	}

	/**
	 * Run it to its end.
	 * @param handover what is handed over to it
	 * @param words what starts it
	 * @param timeout how long it may take, or {@code null} for however long
	 * @param progress shows how long it has taken
	 * @return what came of it
	 * @throws BackupException if it cannot be started
	 */
	Outcome run(RehearsalHandover handover, List<String> words, @Nullable Duration timeout, ProgressBar progress) {
		Outcome outcome = runToEnd(handover, words, timeout, progress);
		if (this.interrupted) {
			ProcessEnd.await();
		}
		return outcome;
	}

	@Override
	public void close() {
		this.processEnd.close();
	}

	private Outcome runToEnd(RehearsalHandover handover, List<String> words, @Nullable Duration timeout,
			ProgressBar progress) {
		long start = System.nanoTime();
		Process started = start(handover, words);
		this.process = started;
		Thread reader = new Thread(() -> read(started), "output of the application");
		reader.setDaemon(true);
		reader.start();
		try {
			boolean timedOut = false;
			while (!started.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
				Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
				if (timeout != null && elapsed.compareTo(timeout) > 0) {
					timedOut = true;
					kill(started);
					started.waitFor();
					break;
				}
				progress.working("The application starts on a copy, for " + elapsed.toSeconds() + " s");
			}
			progress.erase();
			// A process that it started may still have its output open.
			reader.join(Duration.ofSeconds(5).toMillis());
			boolean ready = !timedOut && started.exitValue() == 0 && isThere(handover.ready());
			return new Outcome(ready, timedOut, isThere(handover.opened()), started.exitValue(), output(),
					Duration.ofNanos(System.nanoTime() - start));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			end();
			throw new BackupException("The rehearsal was interrupted", "Run it again. The database was not touched.",
					ex);
		}
	}

	private static Process start(RehearsalHandover handover, List<String> words) {
		ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
		builder.environment().put(RehearsalHandover.VARIABLE, handover.encode());
		// They are among the options of this process.
		VARIABLES_WITH_OPTIONS.forEach(builder.environment()::remove);
		try {
			Process started = builder.start();
			started.getOutputStream().close();
			return started;
		}
		catch (IOException ex) {
			throw new BackupException("The application could not be started (" + ex.getMessage() + ")",
					"Check that " + words.get(0) + " can be run. The database was not touched.", ex);
		}
	}

	private void read(Process started) {
		try (BufferedReader reader = started.inputReader()) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				synchronized (this.output) {
					if (this.output.size() == LINES) {
						this.output.removeFirst();
					}
					this.output.addLast(line);
				}
			}
		}
		catch (IOException | UncheckedIOException ex) {
			// It was ended.
		}
	}

	private String output() {
		synchronized (this.output) {
			return String.join(System.lineSeparator(), this.output);
		}
	}

	private static boolean isThere(Path file) {
		try {
			Files.readAttributes(file, "size");
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * End the application because this process ends.
	 */
	private void end() {
		this.interrupted = true;
		Process running = this.process;
		if (running != null) {
			kill(running);
			try {
				running.waitFor();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		this.cleanUp.run();
	}

	/**
	 * End it, and what it started, which nobody else would.
	 */
	private static void kill(Process process) {
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly();
	}

	/**
	 * What came of it.
	 *
	 * @param ready whether the application got as far as to be ready to start working
	 * @param timedOut whether it was ended because it took too long
	 * @param opened whether a data source of it leads to a copy
	 * @param exit its exit code
	 * @param output the end of what it printed
	 * @param took how long it took
	 */
	record Outcome(boolean ready, boolean timedOut, boolean opened, int exit, String output, Duration took) {

	}

}
