/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import org.springframework.validation.BindingResult;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * What the page's forms have in common.
 */
final class Forms {

	private Forms() {
	}

	/**
	 * Lead back to the page, which shows a form as it was sent, and its errors beside its
	 * fields.
	 * @param name the name of the form in the model
	 * @param form the form as it was sent
	 * @param result its errors
	 * @param page what the page gets
	 * @param path the path of the page
	 * @return the view
	 */
	static String sendBack(String name, Object form, BindingResult result, RedirectAttributes page, String path) {
		page.addFlashAttribute(BindingResult.MODEL_KEY_PREFIX + name, result);
		page.addFlashAttribute(name, form);
		return "redirect:" + path;
	}

}
