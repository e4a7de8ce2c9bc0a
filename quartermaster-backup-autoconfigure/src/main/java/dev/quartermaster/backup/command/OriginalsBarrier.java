/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * The barrier between a rehearsal and the databases that it has copies of: a data source
 * that would open one of them, because its URL is not in the configuration, ends the
 * start before anything is changed.
 */
final class OriginalsBarrier implements BeanPostProcessor {

	private final RehearsalHandover handover;

	OriginalsBarrier(RehearsalHandover handover) {
		this.handover = handover;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			Path file = file(() -> SqliteDatabase.of(dataSource).file());
			if (file != null && this.handover.copies().containsKey(file)) {
				throw new BackupException(
						"The bean " + beanName + " opens the database " + file
								+ " itself, and not its copy, since its URL is not in the configuration",
						"Nothing was changed. Configure it by a property that ends in .url to rehearse with it.", null);
			}
		}
		return bean;
	}

	private static @Nullable Path file(Supplier<Path> file) {
		try {
			return file.get();
		}
		catch (UnsupportedDatabaseException ex) {
			return null;
		}
		catch (BackupException ex) {
			// It gives no connection now, and will not later without saying why.
			return null;
		}
	}

}
