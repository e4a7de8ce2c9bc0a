/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The result of a check of a snapshot. There are three answers, not two: that a file
 * cannot be checked here does not mean that it is corrupt.
 */
public sealed interface Verification {

	/**
	 * Return the answer as one word.
	 * @return {@code sound}, {@code corrupt}, {@code differs}, {@code unverifiable} or
	 * {@code none}
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

		/**
		 * Create a new instance, which keeps a copy of the list.
		 * @param findings what SQLite said; never empty
		 */
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
	 * The file is a database in which no damage was found, but not what its manifest says
	 * that was taken. One of the two has changed since, and nothing tells which.
	 *
	 * @param difference what is different
	 * @param check what a check of the file found
	 */
	record Differs(String difference, Verification check) implements Verification {

		@Override
		public String status() {
			return "differs";
		}

		@Override
		public String summary() {
			return "DIFFERS FROM ITS MANIFEST: " + this.difference + ". Otherwise: " + this.check.summary()
					+ ". Either the snapshot has changed since it was taken, or its manifest was edited";
		}

	}

	/**
	 * SQLite could not check all of it: mostly because the database needs something that
	 * only the application registers, such as a collation, a function, a tokenizer or a
	 * virtual table module. What could be checked is undamaged.
	 *
	 * @param why what SQLite said
	 * @param unchecked the tables whose rows and indexes could not be checked; if it is
	 * empty, nothing could
	 */
	record Unverifiable(String why, List<String> unchecked) implements Verification {

		private static final Pattern MISSING = Pattern.compile(
				"(?i)no such (?:function|collation sequence|module|tokenizer)|unknown (?:function|tokenizer|collation)|error in tokenizer constructor");

		/**
		 * Create a new instance, which keeps a copy of the list.
		 * @param why what SQLite said
		 * @param unchecked the tables that could not be checked
		 */
		public Unverifiable {
			unchecked = List.copyOf(unchecked);
		}

		@Override
		public String status() {
			return "unverifiable";
		}

		@Override
		public String summary() {
			return "cannot be verified here: "
					+ (this.unchecked.isEmpty() ? this.why : what() + " (" + this.why + "), everything else is sound");
		}

		/**
		 * Return whether something is missing here that the application may register, so
		 * that it can check what could not be checked here. Otherwise there may be
		 * something wrong with it.
		 * @return whether SQLite said so
		 */
		public boolean needsApplication() {
			return isOfApplication(this.why);
		}

		/**
		 * Return whether words of SQLite say that something is missing here.
		 */
		static boolean isOfApplication(String why) {
			return MISSING.matcher(why).find();
		}

		/**
		 * Return what could not be checked.
		 * @return the tables in words
		 */
		public String what() {
			return this.unchecked.isEmpty() ? "all of it"
					: ((this.unchecked.size() == 1) ? "the table " : "the tables ") + String.join(", ", this.unchecked);
		}

	}

}
