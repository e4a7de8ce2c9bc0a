/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tables and views of which somebody said that a migration may lose what is in them.
 */
final class ExpectedLoss {

	private final List<Pattern> patterns;

	/**
	 * Create a new instance.
	 * @param patterns the names, in any case, in which {@code *} stands for any
	 * characters
	 */
	ExpectedLoss(List<String> patterns) {
		this.patterns = patterns.stream().map(ExpectedLoss::compile).toList();
	}

	private static Pattern compile(String pattern) {
		String expression = Arrays.stream(pattern.strip().split("\\*", -1))
			.map(Pattern::quote)
			.collect(Collectors.joining(".*"));
		return Pattern.compile(expression, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
	}

	boolean includes(String name) {
		return this.patterns.stream().anyMatch((pattern) -> pattern.matcher(name).matches());
	}

}
