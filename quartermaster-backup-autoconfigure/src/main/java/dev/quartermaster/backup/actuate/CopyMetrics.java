/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.copies.Copies;
import dev.quartermaster.backup.copies.CopyCondition;
import dev.quartermaster.backup.copies.CopyListener;
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
 * {@link MeterBinder} for the copies of snapshots elsewhere, each database and each place
 * with meters of its own. Where nothing is copied, there are none.
 */
public final class CopyMetrics implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(CopyMetrics.class);

	private static final String PREFIX = "quartermaster.backup.copies";

	private static final String PLACE = "place";

	private final BackupConditions conditions;

	private final @Nullable Copies copies;

	private final List<MeterRegistry> registries = new ArrayList<>();

	private final Set<String> databases = new HashSet<>();

	/**
	 * Create a new instance.
	 * @param conditions the conditions in which the backups are
	 * @param copies the copies, or {@code null} if there are none
	 */
	public CopyMetrics(BackupConditions conditions, @Nullable Copies copies) {
		this.conditions = conditions;
		this.copies = copies;
		if (copies != null) {
			copies.addListener(new Recorder());
		}
	}

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		Copies elsewhere = this.copies;
		if (elsewhere == null) {
			return;
		}
		this.registries.add(registry);
		elsewhere.usable()
			.keySet()
			.forEach((place) -> Gauge
				.builder(PREFIX + ".usable", () -> Boolean.TRUE.equals(elsewhere.usable().get(place)) ? 1 : 0)
				.tags(Tags.of(PLACE, place))
				.description("Whether the place could be written to and read from the last time: 1 or 0")
				.register(registry));
		this.databases.addAll(this.conditions.databases().keySet());
		this.databases.forEach((database) -> register(elsewhere, database, registry));
	}

	private void register(Copies elsewhere, String database, MeterRegistry registry) {
		for (String place : elsewhere.usable().keySet()) {
			Tags tags = Tags.of("database", database, PLACE, place);
			for (Outcome outcome : Outcome.values()) {
				timer(registry, tags, outcome);
			}
			TimeGauge.builder(PREFIX + ".age", value(database, place, this::ageInMillis), MILLISECONDS)
				.tags(tags)
				.description("Time since the newest snapshot with a whole copy was taken, or the database was found to"
						+ " be the same")
				.register(registry);
			Gauge.builder(PREFIX + ".pending", value(database, place, (condition, copy) -> copy.pending()))
				.tags(tags)
				.description("Number of snapshots that are yet to be copied")
				.register(registry);
		}
	}

	private static Timer timer(MeterRegistry registry, Tags tags, Outcome outcome) {
		return Timer.builder(PREFIX)
			.tags(tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
			.description("Copies of snapshots elsewhere")
			.register(registry);
	}

	/**
	 * Return what has no value when nothing is known.
	 */
	private Supplier<Number> value(String database, String place,
			ToDoubleBiFunction<BackupCondition, CopyCondition> figure) {
		return () -> {
			try {
				BackupCondition condition = this.conditions.all().get(database);
				return (condition == null) ? Double.NaN
						: condition.copies()
							.stream()
							.filter((copy) -> copy.place().equals(place))
							.mapToDouble((copy) -> figure.applyAsDouble(condition, copy))
							.findFirst()
							.orElse(Double.NaN);
			}
			catch (RuntimeException ex) {
				logger.debug("A figure of the copies of {} could not be determined", database, ex);
				return Double.NaN;
			}
		};
	}

	private double ageInMillis(BackupCondition condition, CopyCondition copy) {
		return condition.copiedAt(copy)
			.map((time) -> (double) Math.max(0, this.conditions.now().toEpochMilli() - time.toEpochMilli()))
			.orElse(Double.NaN);
	}

	private synchronized void record(Path database, String place, Outcome outcome, Duration took) {
		Copies elsewhere = this.copies;
		if (elsewhere == null || this.registries.isEmpty()) {
			return;
		}
		String name = this.conditions.nameOf(database);
		if (this.databases.add(name)) {
			this.registries.forEach((registry) -> register(elsewhere, name, registry));
		}
		this.registries
			.forEach((registry) -> timer(registry, Tags.of("database", name, PLACE, place), outcome).record(took));
	}

	/**
	 * The outcome of an attempt to copy a snapshot.
	 */
	private enum Outcome {

		COPIED, PRESENT, FAILED

	}

	private final class Recorder implements CopyListener {

		@Override
		public void onCopied(Path database, String place, boolean sent, Duration took) {
			record(database, place, sent ? Outcome.COPIED : Outcome.PRESENT, took);
		}

		@Override
		public void onFailure(Path database, String place, BackupException failure, Duration took) {
			record(database, place, Outcome.FAILED, took);
		}

	}

}
