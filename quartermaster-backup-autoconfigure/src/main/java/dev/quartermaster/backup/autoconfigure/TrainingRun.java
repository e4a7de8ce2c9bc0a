/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.SpringProperties;

/**
 * The end of a start that only trains an archive of classes or a cache: with
 * {@code spring.context.exit=onRefresh}, Spring halts the process when all beans are
 * made, and no event tells that the application has started. What was to be migrated has
 * been migrated by then, so that the change of the schema did come to its end.
 */
final class TrainingRun implements SmartInitializingSingleton {

	private static final String EXIT = "spring.context.exit";

	private final ObjectProvider<GuardedBeans> guardedBeans;

	/**
	 * Create a new instance.
	 * @param guardedBeans the beans that are guarded, looked up when all are made
	 */
	TrainingRun(ObjectProvider<GuardedBeans> guardedBeans) {
		this.guardedBeans = guardedBeans;
	}

	/**
	 * Return whether this start is one.
	 */
	static boolean isThis() {
		return "onRefresh".equalsIgnoreCase(SpringProperties.getProperty(EXIT));
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (isThis()) {
			this.guardedBeans.ifAvailable(GuardedBeans::started);
		}
	}

}
