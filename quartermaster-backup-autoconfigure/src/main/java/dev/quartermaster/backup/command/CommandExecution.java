/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The execution of a command that was typed, from its words to its exit code. Whatever
 * fails is a sentence on standard error.
 */
public final class CommandExecution {

	private CommandExecution() {
	}

	/**
	 * Run the command in place of an application that has prepared its environment.
	 * Called from another class loader.
	 * @param args the arguments
	 * @param prepared what was prepared
	 * @return the exit code
	 */
	public static int run(String[] args, Object[] prepared) {
		CommandLog.install();
		ApplicationProperties properties = ApplicationProperties.of(prepared);
		return run(TypedLine.of(args), () -> properties);
	}

	static int run(TypedLine typed, Supplier<ApplicationProperties> properties) {
		try {
			return execute(typed, properties);
		}
		catch (RuntimeException | Error ex) {
			// Of this thread nobody else would say that it failed.
			System.err.println(UnexpectedFailure.describe(ex, typed.command()));
			return ExitCode.SOFTWARE;
		}
	}

	private static int execute(TypedLine typed, Supplier<ApplicationProperties> properties) {
		List<String> arguments = typed.command();
		CommandLine line = new CommandLine(
				new RootCommand(new ApplicationConfiguration(typed.properties(), properties)));
		addSubcommands(line, !arguments.isEmpty() ? arguments.get(0) : "");
		line.setOut(StandardOutput.writer());
		// A reason may begin with @.
		line.setExpandAtFiles(false);
		line.setParameterExceptionHandler((ex, words) -> misused(ex, List.of(words)));
		line.setExecutionExceptionHandler((ex, subcommand, result) -> report(ex, subcommand, arguments));
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
	 * Add the one that is asked for, since picocli takes its time over each, or all for
	 * the help.
	 */
	static void addSubcommands(CommandLine line, String first) {
		Map<String, Class<? extends DatabaseCommand>> subcommands = new LinkedHashMap<>();
		subcommands.put("create", CreateCommand.class);
		subcommands.put("list", ListCommand.class);
		subcommands.put("verify", VerifyCommand.class);
		subcommands.put("drill", DrillCommand.class);
		subcommands.put("prune", PruneCommand.class);
		subcommands.put("rehearse", RehearseCommand.class);
		subcommands.put("restore", RestoreCommand.class);
		Class<? extends DatabaseCommand> only = subcommands.get(first);
		((only != null) ? Map.of(first, only) : subcommands).forEach(line::addSubcommand);
	}

	/**
	 * As picocli does, which would quote a password.
	 */
	private static int misused(ParameterException ex, List<String> words) {
		CommandLine command = ex.getCommandLine();
		String message = Secrets.mask(String.valueOf(ex.getMessage()), words);
		command.getErr().println(command.getColorScheme().errorText(message));
		if (!UnmatchedArgumentException.printSuggestions(ex, command.getErr())) {
			command.usage(command.getErr());
		}
		return ExitCode.USAGE;
	}

	private static int report(Exception ex, CommandLine command, List<String> words) {
		PrintWriter err = command.getErr();
		if (command.getCommand() instanceof DatabaseCommand failed && failed.isDebug()) {
			err.println(UnexpectedFailure.trace(ex));
			return ExitCode.SOFTWARE;
		}
		if (ex instanceof UsageException) {
			err.println(sentence(ex.getMessage()));
			return ExitCode.USAGE;
		}
		err.println(
				(ex instanceof BackupException) ? sentence(ex.getMessage()) : UnexpectedFailure.describe(ex, words));
		return ExitCode.SOFTWARE;
	}

	/**
	 * Return a message on one line, however many its author gave it.
	 */
	private static String sentence(@Nullable String message) {
		return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
	}

}
