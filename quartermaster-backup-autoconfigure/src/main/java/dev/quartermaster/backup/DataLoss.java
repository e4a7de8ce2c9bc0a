/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * Data that a migration lost, or made unreadable.
 *
 * @param kind what kind of loss it is
 * @param name the name of the table or view
 * @param detail what was lost, in words that follow the name and a colon
 */
public record DataLoss(Kind kind, String name, String detail) {

	/**
	 * Return it as a line of a message.
	 */
	@Override
	public String toString() {
		return this.name + ": " + this.detail;
	}

	/**
	 * A kind of loss.
	 */
	public enum Kind {

		/**
		 * A table has fewer rows than before, and they are nowhere else.
		 */
		ROWS,

		/**
		 * Values of a foreign key became {@code NULL}.
		 */
		REFERENCES,

		/**
		 * Rows refer to others that do not exist any more.
		 */
		VIOLATIONS,

		/**
		 * A table or view, or a trigger of it, does not work any more.
		 */
		UNREADABLE

	}

}
