/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package org.example.inventory;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * An item, with one column more than the table of the tests has.
 */
@Entity
public class Item {

	@Id
	private Long id;

	private String name;

	private String place;

	public Long getId() {
		return this.id;
	}

	public String getName() {
		return this.name;
	}

	public String getPlace() {
		return this.place;
	}

}
