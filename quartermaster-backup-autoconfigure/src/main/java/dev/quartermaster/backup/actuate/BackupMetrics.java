/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.Verification;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * {@link MeterBinder} for the backups of all databases. All meters of a database are
 * there from the start, with zeros, and of one that is only found later from then on.
 * Backups that are made before there is a registry, as those at boot are, are recorded
 * when there is one.
 */
public final class BackupMetrics implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(BackupMetrics.class);

	private static final String PREFIX = "quartermaster.backup";

	private static final String DATABASE = "database";

	private static final String TRIGGER = "trigger";

	private static final String OUTCOME = "outcome";

	private static final String WARNINGS = "Number of things that somebody should see to";

	/**
	 * As many as there may be at boot, and more.
	 */
	private static final int MOST_KEPT = 1000;

	private final BackupConditions conditions;

	private final boolean scheduled;

	private final List<MeterRegistry> registries = new ArrayList<>();

	private final List<Consumer<MeterRegistry>> beforeRegistry = new ArrayList<>();

	private final Set<String> databases = new HashSet<>();

	/**
	 * Create a new instance.
	 * @param conditions the conditions in which the backups are
	 * @param scheduled whether the application takes backups on a schedule
	 */
	public BackupMetrics(BackupConditions conditions, boolean scheduled) {
		this.conditions = conditions;
		this.scheduled = scheduled;
	}

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.databases.addAll(this.conditions.databases().keySet());
		this.databases.forEach((database) -> register(database, registry));
		gauge(registry, Tags.empty(), "scheduled", null, "Whether there are backups on a schedule: 1 or 0",
				() -> this.scheduled ? 1 : 0);
		gauge(registry, Tags.of(DATABASE, BackupConditions.UNKNOWN), "warnings", null, WARNINGS,
				() -> this.conditions.unlocatedWarning().isPresent() ? 1 : 0);
		this.beforeRegistry.forEach((event) -> event.accept(registry));
	}

	/**
	 * Return a listener that records what it hears here.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new Recorder();
	}

	/**
	 * Record something with all registries that there are and, if there is none yet, with
	 * those to come. The names of databases are only looked up then.
	 */
	private synchronized void record(Consumer<MeterRegistry> event) {
		if (!this.registries.isEmpty()) {
			this.registries.forEach(event);
		}
		else if (this.beforeRegistry.size() < MOST_KEPT) {
			this.beforeRegistry.add(event);
		}
	}

	private synchronized String nameOf(@Nullable Path file) {
		if (file == null) {
			return BackupConditions.UNKNOWN;
		}
		String name = this.conditions.nameOf(file);
		if (this.databases.add(name)) {
			this.registries.forEach((registry) -> register(name, registry));
		}
		return name;
	}

	private void register(String database, MeterRegistry registry) {
		for (BackupTrigger trigger : BackupTrigger.values()) {
			for (Outcome outcome : Outcome.values()) {
				timer(registry, database, trigger, outcome);
			}
		}
		for (DrillResult.Outcome outcome : DrillResult.Outcome.values()) {
			drillTimer(registry, database, outcome);
		}
		Tags tags = Tags.of(DATABASE, database);
		TimeGauge.builder(PREFIX + ".newest.age", value(database, this::ageInMillis), MILLISECONDS)
			.tags(tags)
			.description("Time since the newest sound snapshot was taken, or the database was found to be the same")
			.register(registry);
		gauge(registry, tags, "newest.size", "bytes", "Size of the newest sound snapshot",
				value(database, (condition) -> condition.newestSound().map(Snapshot::size).orElse(0L)));
		gauge(registry, tags, "snapshots", null, "Number of snapshots",
				value(database, (condition) -> condition.requireFigures().snapshots()));
		gauge(registry, tags, "snapshots.size", "bytes", "What the snapshots take on their volume",
				value(database, (condition) -> condition.requireFigures().bytes()));
		gauge(registry, tags, "free", "bytes", "Free space on the volume of the snapshots",
				value(database, BackupMetrics::freeBytes));
		gauge(registry, tags, "warnings", null, WARNINGS, value(database, (condition) -> condition.warnings().size()));
		TimeGauge
			.builder(PREFIX + ".drill.last", value(database, (condition) -> millis(condition.history().passedAt())),
					MILLISECONDS)
			.tags(tags)
			.description("Time of the last restore drill that did not fail, since 1970; 0 if there was none since"
					+ " the start")
			.register(registry);
	}

	private static void gauge(MeterRegistry registry, Tags tags, String name, @Nullable String unit, String description,
			Supplier<Number> value) {
		Gauge.builder(PREFIX + "." + name, value).tags(tags).baseUnit(unit).description(description).register(registry);
	}

	private static Timer timer(MeterRegistry registry, String database, BackupTrigger trigger, Outcome outcome) {
		return Timer.builder(PREFIX)
			.tags(DATABASE, database, TRIGGER, word(trigger), OUTCOME, word(outcome))
			.description("Backups")
			.register(registry);
	}

	private static Timer drillTimer(MeterRegistry registry, String database, DrillResult.Outcome outcome) {
		return Timer.builder(PREFIX + ".drill")
			.tags(DATABASE, database, OUTCOME, word(outcome))
			.description("Restore drills")
			.register(registry);
	}

	private static String word(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return what has no value when nothing is known of the database.
	 */
	private Supplier<Number> value(String database, ToDoubleFunction<BackupCondition> figure) {
		return () -> {
			try {
				BackupCondition condition = this.conditions.all().get(database);
				return (condition != null) ? figure.applyAsDouble(condition) : Double.NaN;
			}
			catch (RuntimeException ex) {
				logger.debug("A figure of {} could not be determined", database, ex);
				return Double.NaN;
			}
		};
	}

	private double ageInMillis(BackupCondition condition) {
		return condition.soundAt()
			.map((time) -> (double) Math.max(0, this.conditions.now().toEpochMilli() - time.toEpochMilli()))
			.orElse(Double.NaN);
	}

	private static double freeBytes(BackupCondition condition) {
		return condition.requireFigures().freeBytes().isPresent() ? condition.requireFigures().freeBytes().getAsLong()
				: Double.NaN;
	}

	private static double millis(@Nullable Instant time) {
		return (time != null) ? time.toEpochMilli() : 0;
	}

	/**
	 * The outcome of a backup.
	 */
	private enum Outcome {

		CREATED, UNCHANGED, NOTHING, CORRUPT, FAILED;

		static Outcome of(BackupResult result) {
			if (BackupHistory.verification(result) instanceof Verification.Corrupt) {
				return CORRUPT;
			}
			if (result instanceof BackupResult.Created) {
				return CREATED;
			}
			return (result instanceof BackupResult.Unchanged) ? UNCHANGED : NOTHING;
		}

	}

	private final class Recorder implements BackupListener {

		@Override
		public void onResult(BackupResult result, BackupAttempt attempt) {
			backup(attempt, Outcome.of(result));
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			if (BackupHistory.isFailureOfBackup(failure)) {
				backup(attempt, Outcome.FAILED);
			}
		}

		private void backup(BackupAttempt attempt, Outcome outcome) {
			record((registry) -> timer(registry, nameOf(attempt.database()), attempt.trigger(), outcome)
				.record(attempt.took()));
		}

		@Override
		public void onDrilled(DrillResult result) {
			record((registry) -> drillTimer(registry, nameOf(result.database()), result.outcome())
				.record(result.took()));
		}

	}

}
