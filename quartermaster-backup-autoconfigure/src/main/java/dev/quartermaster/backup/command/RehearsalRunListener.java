/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RehearsalCopy;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * The one who turns an application that starts into a rehearsal, if the command says so:
 * puts the copies in place of the databases when the environment is prepared, turns off
 * what would guard the copies, and ends the process where the application would begin to
 * work. A URL is found and replaced in the same way as the command found it, wherever it
 * is configured.
 * <p>
 * {@code spring.context.exit=onRefresh} would end the process with the first context
 * there is, which may be one that only prepares the configuration of the application.
 */
final class RehearsalRunListener implements SpringApplicationRunListener, Ordered {

	private static final String NAME = "rehearsal";

	private final @Nullable RehearsalHandover handover = RehearsalHandover.find();

	private boolean environmentPrepared;

	/**
	 * Create a new instance. For Spring Boot, which finds it in {@code spring.factories}.
	 */
	RehearsalRunListener() {
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void starting(ConfigurableBootstrapContext bootstrapContext) {
		if (this.handover != null) {
			RehearsalEnd.whenCommandEnds(this.handover);
		}
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		this.environmentPrepared = true;
		if (this.handover == null) {
			return;
		}
		Map<String, Object> properties = new HashMap<>();
		// That of the application that runs says which process it is.
		properties.put("spring.pid.file", this.handover.scratch().resolve("pid").toString());
		// The service stays, which the application may need, and nothing is left of it.
		properties.put(ApplicationProperties.BACKUP + "migration.enabled", false);
		properties.put(ApplicationProperties.BACKUP + "dir", this.handover.scratch().resolve("backups").toString());
		ApplicationProperties configured = ApplicationProperties.of(environment, null);
		configured.values().forEach((name, value) -> {
			if (ApplicationProperties.URL.matcher(name).matches() && value.contains("sqlite:")) {
				String url = copyFor(name, value, this.handover);
				if (url != null) {
					properties.put(name, url);
				}
			}
		});
		Path main = this.handover.main();
		// One of another kind is not what the given database stands for.
		if (main != null
				&& configured.values().getOrDefault(ApplicationProperties.MAIN_URL, "sqlite:").contains("sqlite:")) {
			properties.putIfAbsent(ApplicationProperties.MAIN_URL, RehearsalCopy.url("jdbc:sqlite:", main));
		}
		environment.getPropertySources().addFirst(new MapPropertySource(NAME, properties));
	}

	private static @Nullable String copyFor(String property, String url, RehearsalHandover handover) {
		Path file;
		try {
			file = ApplicationConfiguration.of(url).file();
		}
		catch (UnsupportedDatabaseException ex) {
			// In memory, or read-only.
			return null;
		}
		Path copy = handover.copies().get(file);
		if (copy == null && property.equals(ApplicationProperties.MAIN_URL)) {
			copy = handover.main();
		}
		if (copy == null) {
			throw new BackupException(
					"The application is configured with the database " + file + " by " + property
							+ ", of which there is no copy to rehearse on",
					"Specify the database with --url and --database. It was not opened.", null);
		}
		return RehearsalCopy.url(url, copy);
	}

	/**
	 * Spring Boot before 4 does not call the method above, whose parameter had another
	 * type, so that nothing stands in the place of the databases.
	 */
	@Override
	public void contextPrepared(ConfigurableApplicationContext context) {
		if (this.handover != null && !this.environmentPrepared) {
			throw new BackupException(
					"An application with Spring Boot " + SpringBootVersion.getVersion() + " cannot be rehearsed",
					"Rehearsals need Spring Boot 4. No database was opened.", null);
		}
	}

	@Override
	public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
		if (this.handover != null) {
			RehearsalEnd.afterFailure();
		}
	}

	@Override
	public void contextLoaded(ConfigurableApplicationContext context) {
		RehearsalHandover current = this.handover;
		if (current == null) {
			return;
		}
		boolean last = !WhichRun.isBeforeTheApplication();
		context.addBeanFactoryPostProcessor((beanFactory) -> {
			beanFactory.addBeanPostProcessor(new OriginalsBarrier(current));
			if (last) {
				RehearsalEnd.putInto(beanFactory, context, current);
			}
		});
	}

}
