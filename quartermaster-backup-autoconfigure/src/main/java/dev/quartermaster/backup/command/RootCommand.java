/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command that all others are subcommands of, with what they share.
 */
@Command(name = "dbbackup", versionProvider = RootCommand.Version.class, mixinStandardHelpOptions = true,
		scope = CommandLine.ScopeType.INHERIT, synopsisSubcommandLabel = "COMMAND",
		description = "Snapshots of the application's SQLite database.",
		footer = { "", "Any property of the application can be given as well, as in",
				"--spring.profiles.active=prod or --spring.datasource.url=jdbc:sqlite:other.db" })
final class RootCommand {

	private final ApplicationConfiguration configuration;

	RootCommand(ApplicationConfiguration configuration) {
		this.configuration = configuration;
	}

	ApplicationConfiguration configuration() {
		return this.configuration;
	}

	/**
	 * The version in the manifest.
	 */
	static final class Version implements IVersionProvider {

		@Override
		public String[] getVersion() {
			@Nullable String version = RootCommand.class.getPackage().getImplementationVersion();
			return new String[] { "Quartermaster Backup " + ((version != null) ? version : "(unpackaged)") };
		}

	}

}
