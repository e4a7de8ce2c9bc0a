/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package org.example.inventory;

import org.springframework.boot.SpringApplication;

/**
 * Starts the application, and leaves it running.
 */
public final class RunningInventory {

	private RunningInventory() {
	}

	public static void main(String[] args) {
		SpringApplication.run(InventoryApplication.class, args);
	}

}
