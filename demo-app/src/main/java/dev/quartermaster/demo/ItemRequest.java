/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;

/**
 * An item as a client sends it.
 *
 * @param name what it is
 * @param quantity how many there are
 * @param location where they are
 */
record ItemRequest(@NotBlank @Size(max = 200) String name, @PositiveOrZero int quantity,
		@NotBlank @Size(max = 200) String location) {
}
