/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says in the first seconds of a build which tests it is going to leave out, because this machine lacks a program. With
 * the argument {@code true}, nothing may be left out, and the build ends.
 */
class MissingPrograms {

	private static final String MOUNTS = "unshare, setpriv and the right to mount file systems";

	public static void main(String[] args) throws InterruptedException {
		Map<String, String> leftOut = new LinkedHashMap<>();
		check(leftOut, "sqlite3", "those that look at databases as users do, with SQLite's shell", "sqlite3", "--version");
		check(leftOut, "strace", "those of what is flushed before what, and of system calls that fail", "strace", "-V");
		check(leftOut, "btrfs-progs", "those of a quota that is used up", "mkfs.btrfs", "--version");
		check(leftOut, "python3", "the benchmarks in short, which compare with it", "python3", "-c", "import sqlite3");
		check(leftOut, "gcc and libc6-dev", "those of file systems without hard links and locks", "sh", "-c",
				"echo '#include <dlfcn.h>' | cc -E -");
		check(leftOut, "locales", "those of a system that speaks another language", "test", "-f",
				"/usr/share/i18n/locales/de_DE");
		check(leftOut, "prometheus", "those of what the alert rules and the dashboard say", "promtool", "--version");
		check(leftOut, "bsdutils", "those of a terminal", "sh", "-c", "script --version | grep util-linux");
		check(leftOut, "chromium and chromium-driver", "those of the demo's page", "sh", "-c",
				"chromium --version && chromedriver --version");
		check(leftOut, MOUNTS, "those of the demo in a container", "unshare", "--mount", "--propagation", "private",
				"sh", "-c", "mount -t tmpfs tmpfs /tmp && setpriv --reuid 1 --no-new-privs --bounding-set=-all true");
		leftOut.forEach((name, what) -> System.out
			.println("[WARNING] Without " + name + ", tests are left out: " + what + (name.equals(MOUNTS) ? ""
					: " (Debian: apt-get install " + name.replace(" and ", " ") + ")")));
		if (!leftOut.isEmpty() && args.length > 0 && args[0].equals("true")) {
			System.exit(1);
		}
	}

	private static void check(Map<String, String> leftOut, String name, String what, String... command)
			throws InterruptedException {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			process.getOutputStream().close();
			if (process.waitFor() != 0) {
				leftOut.put(name, what);
			}
		}
		catch (IOException ex) {
			leftOut.put(name, what);
		}
	}

}
