/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;

import org.springframework.boot.logging.LoggingSystem;

/**
 * The backup command of an application. Also has a {@code main} for class paths and
 * extracted jars, where there is no {@code jarmode}.
 * <p>
 * Exit codes: 0 done, or nothing to do; 1 failed, with a sentence on standard error; 2
 * wrong usage.
 */
@Command(name = "dbbackup", versionProvider = BackupCommand.Version.class, mixinStandardHelpOptions = true,
		scope = CommandLine.ScopeType.INHERIT, synopsisSubcommandLabel = "COMMAND",
		description = "Snapshots of the application's SQLite database.",
		subcommands = { CreateCommand.class, ListCommand.class, VerifyCommand.class, RestoreCommand.class },
		footer = { "", "Any property of the application can be given as well, as in",
				"--spring.profiles.active=prod or --spring.datasource.url=jdbc:sqlite:other.db" })
public final class BackupCommand {

	static final int FAILED = ExitCode.SOFTWARE;

	private final ApplicationConfiguration configuration;

	private BackupCommand(ApplicationConfiguration configuration) {
		this.configuration = configuration;
	}

	ApplicationConfiguration configuration() {
		return this.configuration;
	}

	/**
	 * Run the command and end the process.
	 * @param args the arguments
	 */
	public static void main(String[] args) {
		LoggingSystem.get(BackupCommand.class.getClassLoader()).beforeInitialize();
		System.exit(run(args));
	}

	private static int run(String[] args) {
		List<String> properties = new ArrayList<>();
		List<String> arguments = new ArrayList<>();
		for (String arg : args) {
			(isProperty(arg) ? properties : arguments).add(arg);
		}
		CommandLine line = new CommandLine(new BackupCommand(new ApplicationConfiguration(properties)));
		line.setExecutionExceptionHandler((ex, subcommand, result) -> report(ex, subcommand));
		if (arguments.contains("--no-color")) {
			line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
		}
		if (arguments.isEmpty()) {
			line.usage(System.err);
			return ExitCode.USAGE;
		}
		return line.execute(arguments.toArray(String[]::new));
	}

	/**
	 * Options of the command have no dots in their names; properties do.
	 */
	private static boolean isProperty(String arg) {
		int equals = arg.indexOf('=');
		return arg.startsWith("--") && equals > 0 && arg.substring(0, equals).contains(".");
	}

	private static int report(Exception ex, CommandLine command) throws Exception {
		if (command.getCommand() instanceof DatabaseCommand failed && failed.isDebug()) {
			ex.printStackTrace(command.getErr());
			return FAILED;
		}
		if (ex instanceof UsageException) {
			command.getErr().println(ex.getMessage());
			return ExitCode.USAGE;
		}
		if (ex instanceof BackupException) {
			command.getErr().println(ex.getMessage());
			return FAILED;
		}
		command.getErr().println("Failed unexpectedly: " + ex + ". Add --debug to see where.");
		return FAILED;
	}

	/**
	 * Tells the version in the manifest.
	 */
	static final class Version implements IVersionProvider {

		@Override
		public String[] getVersion() {
			@Nullable String version = BackupCommand.class.getPackage().getImplementationVersion();
			return new String[] { "Quartermaster Backup " + ((version != null) ? version : "(unpackaged)") };
		}

	}

}
