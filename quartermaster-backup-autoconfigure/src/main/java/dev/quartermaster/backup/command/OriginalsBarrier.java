/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * The barrier between a rehearsal and the databases that it must not change: a data
 * source that would open one that there is a copy of, because its URL is not in the
 * configuration, or attach one, ends the start before anything is changed.
 */
final class OriginalsBarrier implements BeanPostProcessor {

	private final RehearsalHandover handover;

	OriginalsBarrier(RehearsalHandover handover) {
		this.handover = handover;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(dataSource),
					BackupSettings.DEFAULTS, BackupListener.NONE);
			Path main = ask(service::database).orElse(null);
			if (main != null && this.handover.copies().containsKey(main)) {
				throw refuse(
						"The bean " + beanName + " opens the database " + main
								+ " itself, and not its copy, since its URL is not in the configuration",
						"Configure it by a property that ends in .url to rehearse with it.");
			}
			for (SqliteBackupService attached : ask(service::reachable).orElse(List.of())) {
				throw refuse("The connections of the bean " + beanName + " attach the database " + attached.database()
						+ ", of which there is no copy", "It cannot be rehearsed with.");
			}
		}
		return bean;
	}

	private static BackupException refuse(String problem, String action) {
		return new BackupException(problem, "Nothing was changed. " + action, null);
	}

	private static <T> Optional<T> ask(Supplier<T> question) {
		try {
			return Optional.of(question.get());
		}
		catch (BackupException ex) {
			// It is of another kind, or gives no connection now, and will not later
			// without saying why.
			return Optional.empty();
		}
	}

}
