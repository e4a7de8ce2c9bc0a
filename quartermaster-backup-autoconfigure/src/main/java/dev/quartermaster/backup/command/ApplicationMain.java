/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

import org.springframework.boot.logging.LoggingSystem;
import org.springframework.util.ClassUtils;

/**
 * The application's own {@code main}, which prepares the environment as it always does
 * and is stopped there, before there is a context. It never gets any further, whatever it
 * does with exceptions: its thread waits until the command ends the process.
 */
final class ApplicationMain {

	/**
	 * What the command in this class loader is waiting for; {@code null} if the
	 * application was started and not the command.
	 */
	private static volatile @Nullable ApplicationMain awaited;

	private static final String SINCE_SPRING_BOOT_4 = "org.springframework.boot.bootstrap.BootstrapContext";

	private static final Pattern SIGNAL_HANDLER = Pattern.compile("SIG[A-Z0-9]+ handler");

	private final TypedLine line;

	private final StartClass startClass;

	private final CompletableFuture<ApplicationProperties> properties = new CompletableFuture<>();

	private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

	/**
	 * Create a new instance.
	 * @param line what was typed
	 * @param startClass tells the class whose {@code main} it is
	 */
	ApplicationMain(TypedLine line, StartClass startClass) {
		this.line = line;
		this.startClass = startClass;
	}

	/**
	 * Run the {@code main} of the application. If it does not run a Spring application,
	 * or if nobody knows where it is, the configuration files are read without it, for
	 * all but the database.
	 */
	void run() {
		awaited = this;
		// A main that ends the process would conceal that nothing has been done.
		Runtime.getRuntime().addShutdownHook(new Thread(this::failIfNothingWasDone, "nothing done"));
		try {
			String name = this.startClass.find();
			if (name == null) {
				withoutApplication("no manifest on the class path names its main class"
						+ " (use java -Djarmode=dbbackup -cp CLASSPATH MAINCLASS to name it yourself)");
				return;
			}
			StandardOutput.divert();
			// Of use to those who work on an application only, and would run its main
			// twice.
			System.setProperty("spring.devtools.restart.enabled", "false");
			if (!ClassUtils.isPresent(SINCE_SPRING_BOOT_4, null)) {
				// There a listener would set up the logging, which is not the
				// application's.
				System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
			}
			withoutApplication(run(name));
		}
		catch (RuntimeException | Error ex) {
			withoutApplication("its main class cannot be found (" + Secrets.mask(ex) + ")");
		}
	}

	/**
	 * Run a {@code main}.
	 * @return why it did not run a Spring application
	 */
	private String run(String name) {
		try {
			Class<?> type = Class.forName(name, false, Thread.currentThread().getContextClassLoader());
			Method main = main(type);
			main.setAccessible(true);
			main.invoke(null, (main.getParameterCount() > 0)
					? new Object[] { this.line.properties().toArray(String[]::new) } : new Object[0]);
			return name + " does not run a Spring application";
		}
		catch (InvocationTargetException ex) {
			return name + " fails before it runs a Spring application (" + Secrets.mask(ex.getTargetException()) + ")";
		}
		catch (ReflectiveOperationException | RuntimeException | Error ex) {
			return name + " cannot be run (" + Secrets.mask(ex) + ")";
		}
	}

	private static Method main(Class<?> type) throws NoSuchMethodException {
		try {
			return type.getDeclaredMethod("main", String[].class);
		}
		catch (NoSuchMethodException ex) {
			return type.getDeclaredMethod("main");
		}
	}

	private void withoutApplication(String reason) {
		try {
			this.properties.complete(ConfigurationFiles.read(this.line.properties()).doubted(reason));
		}
		catch (RuntimeException | Error ex) {
			this.properties.complete(ApplicationProperties.unreadable(ex));
		}
	}

	/**
	 * If it is the application that ends the process, and nobody who stops it, the exit
	 * code is that of the command all the same.
	 */
	private void failIfNothingWasDone() {
		if (this.exitCode.isDone() || isSignalled()) {
			return;
		}
		if (!this.properties.isDone()) {
			withoutApplication(this.startClass.find() + " ends the process before it runs a Spring application");
		}
		Runtime.getRuntime().halt(this.exitCode.join());
	}

	/**
	 * Return whether the process ends because of a signal such as that of Ctrl-C, each of
	 * which Java handles on a thread of its own.
	 */
	private static boolean isSignalled() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> SIGNAL_HANDLER.matcher(thread.getName()).matches());
	}

	/**
	 * Wait for the application to have prepared its environment.
	 */
	ApplicationProperties properties() {
		return this.properties.join();
	}

	/**
	 * End the process with the exit code of the command.
	 */
	void exit(int code) {
		this.exitCode.complete(code);
		System.exit(code);
	}

	/**
	 * Return what was typed, as far as it is known to who is being started.
	 * @param args the arguments that it was handed
	 */
	static TypedLine typed(String[] args) {
		ApplicationMain waiting = awaited;
		return (waiting != null) ? waiting.line : TypedLine.of(TypedLine.words(args));
	}

	/**
	 * Stop an application that has prepared its environment, or failed to: hand that to
	 * the command that waits for it, or run the command here and now. Never returns.
	 * @param args the arguments that the application was handed
	 * @param properties what it has prepared
	 */
	static void stop(String[] args, ApplicationProperties properties) {
		ApplicationMain waiting = awaited;
		if (waiting != null) {
			waiting.properties.complete(properties);
		}
		else {
			runCommand(TypedLine.words(args), properties);
		}
		for (CountDownLatch never = new CountDownLatch(1);;) {
			try {
				never.await();
			}
			catch (InterruptedException ex) {
				// Not even then.
			}
		}
	}

	/**
	 * Synchronized, so that a second application never gets any further either.
	 */
	private static synchronized void runCommand(String[] words, ApplicationProperties properties) {
		StandardOutput.restore();
		ClassLoader classLoader = new FreshClassLoader(ApplicationMain.class.getClassLoader());
		Thread.currentThread().setContextClassLoader(classLoader);
		int code = ExitCode.SOFTWARE;
		try {
			code = (int) Class.forName(CommandExecution.class.getName(), true, classLoader)
				.getMethod("run", String[].class, Object[].class)
				.invoke(null, words, properties.toArray());
		}
		catch (Throwable ex) {
			Throwable failure = (ex instanceof InvocationTargetException invoked) ? invoked.getTargetException() : ex;
			System.err.println(UnexpectedFailure.describe(failure, List.of(words)));
		}
		System.exit(code);
	}

}
