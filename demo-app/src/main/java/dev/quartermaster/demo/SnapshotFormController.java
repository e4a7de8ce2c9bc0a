/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.VerifiedSnapshot;
import jakarta.validation.Valid;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The page's forms that take and check snapshots.
 */
@Controller
@RequestMapping("/snapshots")
class SnapshotFormController {

	private static final String NOTICE = "snapshotNotice";

	private final ObjectProvider<SqliteBackupService> backups;

	SnapshotFormController(ObjectProvider<SqliteBackupService> backups) {
		this.backups = backups;
	}

	@PostMapping
	String take(@Valid @ModelAttribute("newSnapshot") SnapshotForm form, BindingResult result,
			RedirectAttributes page) {
		if (result.hasErrors()) {
			return Forms.sendBack("newSnapshot", form, result, page, "/");
		}
		try {
			BackupResult taken = backups().backup(form.reason());
			if (taken instanceof BackupResult.Created created) {
				page.addFlashAttribute(NOTICE, notice(created));
				page.addAttribute("snapshot", created.snapshot().name().toString());
			}
			else {
				page.addFlashAttribute(NOTICE, Notice.done("There is nothing to back up yet.", ""));
			}
		}
		catch (BackupException ex) {
			page.addFlashAttribute(NOTICE, Notice.failed(ex));
		}
		return "redirect:/";
	}

	private static Notice notice(BackupResult.Created created) {
		if (created.verification() instanceof Verification.Corrupt corrupt) {
			return Notice.failed("A snapshot was taken, but the database is corrupt.",
					String.join("; ", corrupt.findings()));
		}
		return Notice.done("Snapshot taken.", "%s in %d ms, %s.".formatted(Bytes.format(created.snapshot().size()),
				created.took().toMillis(), created.verification().summary()));
	}

	@PostMapping("/{name}/check")
	String check(@PathVariable String name, RedirectAttributes page) {
		SqliteBackupService service = backups();
		page.addAttribute("snapshot", name);
		try {
			Snapshot snapshot = service.find(name)
				.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no snapshot " + name));
			Verification verification = service.verify(snapshot.file(), VerificationMode.FULL);
			VerifiedSnapshot.told(snapshot, verification);
			page.addFlashAttribute(NOTICE, notice(verification));
		}
		catch (BackupException ex) {
			page.addFlashAttribute(NOTICE, Notice.failed(ex));
		}
		return "redirect:/";
	}

	static Notice notice(Verification verification) {
		if (verification instanceof Verification.Corrupt corrupt) {
			return Notice.failed("This snapshot is corrupt.", String.join("; ", corrupt.findings()));
		}
		return (verification instanceof Verification.Sound sound)
				? Notice.done("Checked just now.", sound.summary() + ".")
				: Notice.failed("It is not known whether this snapshot is sound.", verification.summary() + ".");
	}

	private SqliteBackupService backups() {
		SqliteBackupService service = this.backups.getIfAvailable();
		if (service == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "Backups are switched off");
		}
		return service;
	}

}
