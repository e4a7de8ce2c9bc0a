/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * An item as the page's form sends it, which may be anything at all.
 *
 * @param name what it is
 * @param quantity how many there are, as text, so that all errors of a form are found at
 * once
 * @param location where they are
 */
record ItemForm(@NotBlank(message = "Say what it is.") @Size(max = 200, message = TOO_LONG) @Nullable String name,
		@NotNull(message = NUMBER) @Pattern(regexp = "\\s*\\d{1,9}\\s*", message = NUMBER) @Nullable String quantity,
		@NotBlank(message = "Say where it is.") @Size(max = 200, message = TOO_LONG) @Nullable String location) {

	static final ItemForm EMPTY = new ItemForm(null, null, null);

	private static final String NUMBER = "A whole number, 0 or more.";

	private static final String TOO_LONG = "At most {max} characters, please.";

	static ItemForm of(Item item) {
		return new ItemForm(item.name(), String.valueOf(item.quantity()), item.location());
	}

	/**
	 * Return the item of a form without errors.
	 */
	ItemRequest request() {
		if (this.name == null || this.quantity == null || this.location == null) {
			throw new IllegalStateException("The form has errors");
		}
		return new ItemRequest(this.name.strip(), Integer.parseInt(this.quantity.strip()), this.location.strip());
	}

}
