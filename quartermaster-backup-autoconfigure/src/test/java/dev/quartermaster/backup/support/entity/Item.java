/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support.entity;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * An item as Hibernate is to store it: with a place, which the table of the tests lacks.
 */
@Entity
public class Item {

	@Id
	private @Nullable Long id;

	private @Nullable String name;

	private @Nullable String place;

}
