/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Map;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.copies.Copies;
import dev.quartermaster.backup.copies.CopyPlaces;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for copies of snapshots elsewhere.
 * Without a place, which is the default, there are none. In a native image, Spring has to
 * know of the method that makes a place of a location.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
@RegisterReflection(classes = CopyProperties.class, memberCategories = MemberCategory.INVOKE_PUBLIC_METHODS)
public final class QuartermasterBackupCopiesAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Nullable Copies backupCopies(QuartermasterBackupProperties properties, ResourceLoader resources,
			ObjectProvider<SqliteBackupRegistry> registry) {
		Map<String, Boolean> places = CopyProperties.places(properties.copies());
		return places.isEmpty() ? null
				: new Copies(CopyPlaces.of(places, resources::getResource), registry::getIfAvailable);
	}

	@Bean
	OwnListener copiesListener(ObjectProvider<Copies> copies) {
		Copies available = copies.getIfAvailable();
		return new OwnListener((available != null) ? available.listener() : BackupListener.NONE);
	}

	@Bean
	CopiesLifecycle copiesLifecycle(ObjectProvider<Copies> copies, ListableBeanFactory beans) {
		return new CopiesLifecycle(copies, beans);
	}

}
