/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A version of a schema as Flyway gives them: numbers with dots or underscores between.
 *
 * @param text as it was written
 * @param numbers the numbers, without zeros at the end
 */
public record SchemaVersion(String text, List<BigInteger> numbers) implements Comparable<SchemaVersion> {

	private static final Pattern VERSION = Pattern.compile("\\d+(?:[._]\\d+)*");

	private static final Pattern SEPARATOR = Pattern.compile("[._]");

	/**
	 * Read a version.
	 * @param text as it is written; anything at all
	 * @return the version, or empty if it is none
	 */
	public static Optional<SchemaVersion> of(String text) {
		if (!VERSION.matcher(text).matches()) {
			return Optional.empty();
		}
		List<BigInteger> numbers = new ArrayList<>();
		for (String number : SEPARATOR.split(text)) {
			numbers.add(new BigInteger(number));
		}
		while (!numbers.isEmpty() && numbers.get(numbers.size() - 1).signum() == 0) {
			numbers.remove(numbers.size() - 1);
		}
		return Optional.of(new SchemaVersion(text, List.copyOf(numbers)));
	}

	@Override
	public int compareTo(SchemaVersion other) {
		for (int i = 0; i < Math.max(this.numbers.size(), other.numbers.size()); i++) {
			int compared = number(this, i).compareTo(number(other, i));
			if (compared != 0) {
				return compared;
			}
		}
		return 0;
	}

	private static BigInteger number(SchemaVersion version, int index) {
		return (index < version.numbers.size()) ? version.numbers.get(index) : BigInteger.ZERO;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof SchemaVersion version && this.numbers.equals(version.numbers);
	}

	@Override
	public int hashCode() {
		return this.numbers.hashCode();
	}

	/**
	 * Return the version as it was written.
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
