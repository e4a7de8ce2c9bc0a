/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RetentionPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The retention policy that the application is configured with.
 */
final class ConfiguredRetention {

	private static final String NAME = ApplicationProperties.RETENTION + ".";

	private static final String BY_REASON = "byreason.";

	/**
	 * The values by the names of the properties, as uniform as binding makes them.
	 */
	private final Map<String, String> values = new LinkedHashMap<>();

	private ConfiguredRetention(Map<String, String> properties) {
		properties.forEach((name, value) -> {
			if (name.startsWith(NAME) && StringUtils.hasText(value)) {
				this.values.put(uniform(name.substring(NAME.length())), value.strip());
			}
		});
	}

	/**
	 * Return the policy.
	 * @param properties the properties of the application
	 * @throws BackupException if it cannot be read
	 * @throws IllegalArgumentException if it has an invalid value
	 */
	static RetentionPolicy of(ApplicationProperties properties) {
		String reason = properties.unresolved().get(ApplicationProperties.RETENTION);
		if (reason != null) {
			throw new BackupException("A property " + NAME + "* is invalid: " + reason,
					"Correct it, or leave it out to use the default.", null);
		}
		return new ConfiguredRetention(properties.values()).policy();
	}

	/**
	 * The reason in the name of a property stays as it is.
	 */
	private static String uniform(String name) {
		int first = name.indexOf('.');
		int last = name.lastIndexOf('.');
		return (first == last) ? word(name)
				: word(name.substring(0, first)) + name.substring(first, last) + word(name.substring(last));
	}

	private static String word(String name) {
		return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
	}

	private RetentionPolicy policy() {
		Map<String, RetentionPolicy.Limits> byReason = new LinkedHashMap<>();
		for (String name : this.values.keySet()) {
			if (name.startsWith(BY_REASON) && name.lastIndexOf('.') > BY_REASON.length()) {
				String reason = name.substring(BY_REASON.length(), name.lastIndexOf('.'));
				byReason.computeIfAbsent(reason, (slug) -> limits(BY_REASON + slug + "."));
			}
		}
		Integer minKeep = value("minkeep", Integer::valueOf);
		Integer keepVersions = value("keepversions", Integer::valueOf);
		return new RetentionPolicy(limits(""), byReason, value("replaced.maxage", ConfiguredRetention::days),
				(minKeep != null) ? minKeep : RetentionPolicy.DEFAULT_MIN_KEEP,
				(keepVersions != null) ? keepVersions : RetentionPolicy.DEFAULT_KEEP_VERSIONS);
	}

	private RetentionPolicy.Limits limits(String prefix) {
		DataSize size = value(prefix + "maxtotalsize", DataSize::parse);
		Boolean thin = value(prefix + "thin", ConfiguredRetention::isTrue);
		return new RetentionPolicy.Limits(value(prefix + "maxcount", Integer::valueOf),
				value(prefix + "maxage", ConfiguredRetention::days), (size != null) ? size.toBytes() : null,
				(prefix.isEmpty() && Boolean.FALSE.equals(thin)) ? null : thin);
	}

	private static Duration days(String value) {
		return DurationStyle.detectAndParse(value, ChronoUnit.DAYS);
	}

	private static boolean isTrue(String value) {
		return switch (value.toLowerCase(Locale.ROOT)) {
			case "true", "on", "yes", "1" -> true;
			case "false", "off", "no", "0" -> false;
			default -> throw new IllegalArgumentException("it is neither true nor false");
		};
	}

	private <T> @Nullable T value(String name, Function<String, T> conversion) {
		String value = this.values.get(name);
		try {
			return (value != null) ? conversion.apply(value) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("\"" + value + "\" (" + ex.getMessage() + ")", ex);
		}
	}

}
