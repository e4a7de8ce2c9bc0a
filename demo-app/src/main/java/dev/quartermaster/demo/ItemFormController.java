/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import jakarta.validation.Valid;

import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The page's forms that change the inventory. Each leads back to the page, so that it can
 * be loaded again without sending anything twice.
 */
@Controller
@RequestMapping("/inventory")
class ItemFormController {

	static final Notice GONE = Notice.failed("That item is not there any more.", "");

	private final ItemRepository items;

	ItemFormController(ItemRepository items) {
		this.items = items;
	}

	@PostMapping
	String add(@Valid @ModelAttribute("newItem") ItemForm form, BindingResult result, RedirectAttributes page) {
		if (result.hasErrors()) {
			return Forms.sendBack("newItem", form, result, page, "/");
		}
		ItemRequest item = form.request();
		this.items.add(item);
		page.addFlashAttribute("notice", Notice.done("Added " + item.name() + ".", ""));
		return "redirect:/";
	}

	@PostMapping("/{id}")
	String change(@PathVariable long id, @Valid @ModelAttribute("item") ItemForm form, BindingResult result,
			RedirectAttributes page) {
		if (result.hasErrors()) {
			return Forms.sendBack("item", form, result, page, "/?edit=" + id);
		}
		ItemRequest item = form.request();
		page.addFlashAttribute("notice",
				this.items.change(id, item) ? Notice.done("Changed " + item.name() + ".", "") : GONE);
		return "redirect:/";
	}

	@PostMapping("/{id}/removal")
	String remove(@PathVariable long id, RedirectAttributes page) {
		Notice notice = this.items.find(id)
			.filter((item) -> this.items.remove(id))
			.map((item) -> Notice.done("Removed " + item.name() + ".", ""))
			.orElse(GONE);
		page.addFlashAttribute("notice", notice);
		return "redirect:/";
	}

}
