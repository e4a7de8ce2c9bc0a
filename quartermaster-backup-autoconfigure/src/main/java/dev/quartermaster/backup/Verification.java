/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;

/**
 * What a check of a snapshot found. There are three answers, not two: that a file cannot
 * be checked here does not mean that it is corrupt.
 */
public sealed interface Verification {

	/**
	 * Return the answer as one word.
	 * @return {@code sound}, {@code corrupt}, {@code unverifiable} or {@code none}
	 */
	String status();

	/**
	 * Return the answer in a few words, for a log line.
	 * @return the answer
	 */
	String summary();

	/**
	 * No damage was found.
	 *
	 * @param mode how thoroughly it was looked for
	 */
	record Sound(VerificationMode mode) implements Verification {

		@Override
		public String status() {
			return "sound";
		}

		@Override
		public String summary() {
			return this.mode.check() + " ok";
		}

	}

	/**
	 * It was not looked for, because checks are turned off. The file is complete: it has
	 * as many pages as the database had.
	 */
	record Skipped() implements Verification {

		@Override
		public String status() {
			return "none";
		}

		@Override
		public String summary() {
			return "complete, not checked";
		}

	}

	/**
	 * The file is damaged.
	 *
	 * @param findings what SQLite said, the first few lines of it; never empty
	 */
	record Corrupt(List<String> findings) implements Verification {

		public Corrupt {
			findings = List.copyOf(findings);
		}

		@Override
		public String status() {
			return "corrupt";
		}

		@Override
		public String summary() {
			return "CORRUPT: " + String.join("; ", this.findings);
		}

	}

	/**
	 * SQLite could not finish the check, because the database needs something that only
	 * the application registers: a collation, a function or a virtual table module.
	 *
	 * @param why what SQLite said
	 */
	record Unverifiable(String why) implements Verification {

		@Override
		public String status() {
			return "unverifiable";
		}

		@Override
		public String summary() {
			return "cannot be verified here: " + this.why;
		}

	}

}
