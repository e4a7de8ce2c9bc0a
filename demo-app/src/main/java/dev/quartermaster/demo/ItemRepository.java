/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The inventory in the database.
 */
@Repository
class ItemRepository {

	private static final String SELECT = """
			SELECT item.id, item.name, item.quantity, location.name AS location
			FROM item JOIN location ON location.id = item.location_id
			""";

	private final JdbcClient jdbc;

	ItemRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<Item> findAll() {
		return this.jdbc.sql(SELECT + "ORDER BY item.name, item.id").query(Item.class).list();
	}

	List<String> findLocations() {
		return this.jdbc.sql("SELECT name FROM location ORDER BY name").query(String.class).list();
	}

	Optional<Item> find(long id) {
		return this.jdbc.sql(SELECT + "WHERE item.id = ?").param(id).query(Item.class).optional();
	}

	@Transactional
	Item add(ItemRequest item) {
		long location = locationNamed(item.location());
		long id = this.jdbc.sql("INSERT INTO item (name, quantity, location_id) VALUES (?, ?, ?) RETURNING id")
			.params(item.name(), item.quantity(), location)
			.query(Long.class)
			.single();
		return new Item(id, item.name(), item.quantity(), item.location());
	}

	@Transactional
	boolean change(long id, ItemRequest item) {
		long location = locationNamed(item.location());
		return this.jdbc.sql("UPDATE item SET name = ?, quantity = ?, location_id = ? WHERE id = ?")
			.params(item.name(), item.quantity(), location, id)
			.update() == 1;
	}

	boolean remove(long id) {
		return this.jdbc.sql("DELETE FROM item WHERE id = ?").param(id).update() == 1;
	}

	private long locationNamed(String name) {
		this.jdbc.sql("INSERT INTO location (name) VALUES (?) ON CONFLICT (name) DO NOTHING").param(name).update();
		return this.jdbc.sql("SELECT id FROM location WHERE name = ?").param(name).query(Long.class).single();
	}

}
