/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DatabaseBusyException;
import dev.quartermaster.backup.NotADatabaseException;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.ReachableDatabases;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * The barrier between a rehearsal and the databases that it must not change: a data
 * source that would open, or attach, a SQLite file other than a copy, because its URL is
 * not in the configuration, ends the start before anything is changed. It is asked for
 * its URL first: to open a database can be to change it.
 */
final class OriginalsBarrier implements BeanPostProcessor {

	private static final boolean ROUTING = ClassUtils.isPresent(
			"org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource",
			OriginalsBarrier.class.getClassLoader());

	private final RehearsalHandover handover;

	private final Set<Path> copies = new LinkedHashSet<>();

	private final Path scratch;

	OriginalsBarrier(RehearsalHandover handover) {
		this.handover = handover;
		handover.copies().values().forEach((copy) -> this.copies.add(RealPath.of(copy)));
		if (handover.main() != null) {
			this.copies.add(RealPath.of(handover.main()));
		}
		this.scratch = RealPath.of(handover.scratch());
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			List<DataSource> targets = ROUTING ? Routing.targets(dataSource, 0) : List.of();
			// One that chooses is not asked itself, which would be to open its default.
			for (DataSource each : targets.isEmpty() ? List.of(dataSource) : targets) {
				check(SqliteDatabase.of(each), beanName);
			}
		}
		return bean;
	}

	private void check(SqliteDatabase database, String bean) {
		Path main;
		try {
			main = database.fileByUrl();
		}
		catch (UnsupportedDatabaseException ex) {
			return;
		}
		catch (DatabaseBusyException | NotADatabaseException ex) {
			throw unknown(bean, ex);
		}
		catch (BackupException ex) {
			// It gives no connection now, and will not later without saying why.
			return;
		}
		if (!isCopy(main)) {
			throw refuse(
					"The bean " + bean + " opens the database " + main
							+ " itself, and not a copy, since its URL is not in the configuration",
					"Configure it by a property that ends in .url to rehearse with it.");
		}
		for (SqliteBackupService attached : attached(database, bean)) {
			if (!isCopy(attached.database())) {
				throw refuse("The connections of the bean " + bean + " attach the database " + attached.database()
						+ ", of which there is no copy", "It cannot be rehearsed with.");
			}
		}
		if (this.copies.contains(RealPath.of(main))) {
			ScratchDirectory.mark(this.handover.opened());
		}
	}

	private static List<SqliteBackupService> attached(SqliteDatabase database, String bean) {
		try {
			return ReachableDatabases
				.of(new SqliteBackupService(database, BackupSettings.DEFAULTS, BackupListener.NONE));
		}
		catch (BackupException ex) {
			throw unknown(bean, ex);
		}
	}

	private boolean isCopy(Path file) {
		Path real = RealPath.of(file);
		return this.copies.contains(real) || real.startsWith(this.scratch);
	}

	private static BackupException unknown(String bean, BackupException cause) {
		return new BackupException(
				"It is unknown which databases the bean " + bean + " opens (" + cause.getMessage() + ")",
				"Nothing was changed.", cause);
	}

	private static BackupException refuse(String problem, String action) {
		return new BackupException(problem, "Nothing was changed. " + action, null);
	}

	/**
	 * What needs the classes of Spring's module for JDBC.
	 */
	private static final class Routing {

		/**
		 * More than anybody stacks, so that a circle comes to an end.
		 */
		private static final int MAX_DEPTH = 8;

		/**
		 * Return the data sources that one chooses from, which need not be beans.
		 */
		static List<DataSource> targets(DataSource dataSource, int depth) {
			List<DataSource> targets = new ArrayList<>();
			if (depth < MAX_DEPTH) {
				if (dataSource instanceof DelegatingDataSource proxy) {
					DataSource behind = proxy.getTargetDataSource();
					return (behind != null) ? targets(behind, depth + 1) : targets;
				}
				if (dataSource instanceof AbstractRoutingDataSource router) {
					Set<DataSource> chosen = new LinkedHashSet<>(router.getResolvedDataSources().values());
					DataSource standard = router.getResolvedDefaultDataSource();
					if (standard != null) {
						chosen.add(standard);
					}
					for (DataSource target : chosen) {
						List<DataSource> further = targets(target, depth + 1);
						targets.addAll(further.isEmpty() ? List.of(target) : further);
					}
				}
			}
			return targets;
		}

	}

}
