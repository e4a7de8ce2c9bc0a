/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.net.URI;
import java.util.List;

import jakarta.validation.Valid;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The inventory over HTTP.
 */
@RestController
@RequestMapping("/items")
class ItemController {

	private final ItemRepository items;

	ItemController(ItemRepository items) {
		this.items = items;
	}

	@GetMapping
	List<Item> list() {
		return this.items.findAll();
	}

	@GetMapping("/{id}")
	Item get(@PathVariable long id) {
		return this.items.find(id).orElseThrow(() -> noSuchItem(id));
	}

	@PostMapping
	ResponseEntity<Item> add(@RequestBody @Valid ItemRequest request) {
		Item item = this.items.add(request);
		return ResponseEntity.created(URI.create("/items/" + item.id())).body(item);
	}

	@PutMapping("/{id}")
	Item change(@PathVariable long id, @RequestBody @Valid ItemRequest request) {
		if (!this.items.change(id, request)) {
			throw noSuchItem(id);
		}
		return new Item(id, request.name(), request.quantity(), request.location());
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@PathVariable long id) {
		if (!this.items.remove(id)) {
			throw noSuchItem(id);
		}
	}

	private static ResponseStatusException noSuchItem(long id) {
		return new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no item " + id);
	}

}
