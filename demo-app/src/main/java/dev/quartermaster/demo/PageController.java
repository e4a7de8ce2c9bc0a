/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The page: the inventory, and its snapshots beside it. What its forms send goes to
 * {@link ItemFormController}, {@link SnapshotFormController} and
 * {@link NextStartController}, which lead back here.
 */
@Controller
class PageController {

	private final ItemRepository items;

	private final SnapshotOverview snapshots;

	private final NextStartController nextStart;

	PageController(ItemRepository items, SnapshotOverview snapshots, NextStartController nextStart) {
		this.items = items;
		this.snapshots = snapshots;
		this.nextStart = nextStart;
	}

	@GetMapping("/")
	String page(@RequestParam(required = false) @Nullable Long edit,
			@RequestParam(required = false) @Nullable String snapshot, Model model) {
		model.addAttribute("items", this.items.findAll());
		model.addAttribute("locations", this.items.findLocations());
		model.addAttribute("edit", edit);
		addUnlessSent(model, "newItem", ItemForm.EMPTY);
		if (edit != null) {
			this.items.find(edit)
				.map(ItemForm::of)
				.ifPresentOrElse((form) -> addUnlessSent(model, "item", form),
						() -> addUnlessSent(model, "notice", ItemFormController.GONE));
		}
		addUnlessSent(model, "newSnapshot", SnapshotForm.EMPTY);
		model.addAttribute("snapshots", this.snapshots.look(snapshot));
		model.addAttribute("nextStart", this.nextStart.look());
		return "page";
	}

	/**
	 * Add a form, unless it comes back with its errors.
	 */
	private static void addUnlessSent(Model model, String name, Object form) {
		if (!model.containsAttribute(name)) {
			model.addAttribute(name, form);
		}
	}

}
