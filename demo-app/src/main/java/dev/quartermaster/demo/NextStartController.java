/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The page's forms that have a snapshot restored at the next start. The page offers that
 * to those only who may use the endpoint for it, since nobody has to log in.
 */
@Controller
@RequestMapping("/snapshots")
class NextStartController {

	private static final EndpointId ENDPOINT = EndpointId.of("dbbackuprestore");

	private static final String NOTICE = "snapshotNotice";

	private final ObjectProvider<SqliteBackupService> backups;

	private final ObjectProvider<PlannedRestores> restores;

	private final ObjectProvider<EndpointAccessResolver> access;

	NextStartController(ObjectProvider<SqliteBackupService> backups, ObjectProvider<PlannedRestores> restores,
			ObjectProvider<EndpointAccessResolver> access) {
		this.backups = backups;
		this.restores = restores;
		this.access = access;
	}

	@PostMapping("/{name}/next-start")
	String plan(@PathVariable String name, RedirectAttributes page) {
		SqliteBackupService service = backups();
		page.addAttribute("snapshot", name);
		try {
			Snapshot snapshot = service.find(name)
				.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no snapshot " + name));
			this.restores.getObject().plan(service, snapshot.file(), false, null);
		}
		catch (BackupException ex) {
			page.addFlashAttribute(NOTICE, Notice.failed(ex));
		}
		return "redirect:/";
	}

	@PostMapping("/next-start/removal")
	String cancel(RedirectAttributes page) {
		SqliteBackupService service = backups();
		try {
			page.addFlashAttribute(NOTICE,
					this.restores.getObject().cancel(service)
							? Notice.done("The next start restores nothing.", "The snapshots are what they were.")
							: Notice.failed("Nothing was planned for the next start.", ""));
		}
		catch (BackupException ex) {
			page.addFlashAttribute(NOTICE, Notice.failed(ex));
		}
		return "redirect:/";
	}

	private SqliteBackupService backups() {
		if (!isAllowed()) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no access to restores");
		}
		return this.backups.getObject();
	}

	private boolean isAllowed() {
		EndpointAccessResolver resolver = this.access.getIfAvailable();
		return resolver != null && resolver.accessFor(ENDPOINT, Access.NONE) == Access.UNRESTRICTED
				&& this.backups.getIfAvailable() != null && this.restores.getIfAvailable() != null;
	}

	NextStart look() {
		if (!isAllowed()) {
			return NextStart.NOT_OFFERED;
		}
		try {
			Optional<NextStart> plan = this.restores.getObject().find(this.backups.getObject()).map(NextStart::of);
			return plan.orElse(new NextStart(true, null, null));
		}
		catch (BackupException ex) {
			return NextStart.unknown(ex);
		}
	}

}
