/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that holds a partial file, or as many as it is given the number of, until it
 * is killed.
 */
final class PartialFileHolder {

	private PartialFileHolder() {
	}

	public static void main(String[] args) throws Exception {
		List<PartialFile> partials = new ArrayList<>();
		for (int i = 0; i < ((args.length > 1) ? Integer.parseInt(args[1]) : 1); i++) {
			partials.add(PartialFile.create(Path.of(args[0]), Path.of(args[0])));
		}
		System.out.print('.');
		System.out.flush();
		Thread.sleep(Duration.ofMinutes(10).toMillis());
		for (PartialFile partial : partials) {
			partial.close();
		}
	}

}
