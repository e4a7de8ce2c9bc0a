/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How an application opens the file of its database and locks it, as far as that has to
 * be the same for everybody who opens it.
 *
 * @param vfs the name of the VFS, which is what locks, or {@code null} for the default
 * @param nolock whether the VFS is told not to lock
 * @see <a href="https://www.sqlite.org/uri.html">URI file names</a>
 * @see <a href="https://www.sqlite.org/vfs.html">The SQLite OS interface</a>
 */
record FileAccess(@Nullable String vfs, boolean nolock) {

	/**
	 * As SQLite does it by default.
	 */
	static final FileAccess STANDARD = new FileAccess(null, false);

	private static final Pattern PARAMETER = Pattern.compile("[?&]([^=&#]+)=([^&#]*)");

	/**
	 * Return what a URL says.
	 */
	static FileAccess ofUrl(String url) {
		String vfs = null;
		boolean nolock = false;
		Matcher parameters = PARAMETER.matcher(url);
		while (parameters.find()) {
			switch (parameters.group(1)) {
				case "vfs" -> vfs = parameters.group(2);
				case "nolock" -> nolock = isTrue(parameters.group(2));
				default -> {
					// Changes nothing about who excludes whom.
				}
			}
		}
		return new FileAccess(vfs, nolock);
	}

	/**
	 * As SQLite reads it.
	 */
	private static boolean isTrue(String value) {
		return !value.matches("(?i)0+|no|false|off|");
	}

	/**
	 * Return the parameters that each further connection has to have in its URL.
	 */
	String parameters() {
		return ((this.vfs != null) ? "&vfs=" + this.vfs : "") + (this.nolock ? "&nolock=1" : "");
	}

}
