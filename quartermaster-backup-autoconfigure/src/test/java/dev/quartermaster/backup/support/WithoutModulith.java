/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * A filter that keeps Spring Modulith, which is on the class path for one test, out of
 * the applications of all others: it knows no SQLite, and none would start.
 */
public final class WithoutModulith implements AutoConfigurationImportFilter {

	@Override
	public boolean[] match(String[] autoConfigurationClasses, AutoConfigurationMetadata autoConfigurationMetadata) {
		boolean[] matches = new boolean[autoConfigurationClasses.length];
		for (int i = 0; i < matches.length; i++) {
			matches[i] = autoConfigurationClasses[i] == null
					|| !autoConfigurationClasses[i].startsWith("org.springframework.modulith.");
		}
		return matches;
	}

}
