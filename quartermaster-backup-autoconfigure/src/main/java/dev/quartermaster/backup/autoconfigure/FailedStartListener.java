/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.migration.MigrationGuard;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationListener;

/**
 * An {@link ApplicationListener} that lets the {@link MigrationGuard} restore the
 * database, if the user wants that, when the application failed to start because of a
 * change of the schema. Nobody has the database open any more by then.
 */
final class FailedStartListener implements ApplicationListener<ApplicationFailedEvent> {

	@Override
	public void onApplicationEvent(ApplicationFailedEvent event) {
		if (event.getApplicationContext() == null || SchemaChangeFailure.find(event.getException()) == null) {
			return;
		}
		MigrationGuard guard = GuardOfContext.find(event.getApplicationContext().getBeanFactory());
		if (guard != null) {
			guard.startFailed();
		}
	}

}
