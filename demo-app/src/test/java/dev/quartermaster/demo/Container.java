/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What there is of a container without Docker: processes of a user without rights, who
 * finds a root that is read-only, with the extracted demo and volumes in it.
 */
final class Container {

	/**
	 * The root is a file system of its own, so that there are directories in it which
	 * this machine does not have. All of it is gone with the last process.
	 */
	private static final String SCRIPT = """
			root=$1 java=$2 app=$3 data=$4 backups=$5 workdir=$6 user=$7
			shift 7
			mount -t tmpfs -o mode=755 tmpfs "$root"
			for directory in bin sbin lib lib32 lib64 libx32 usr etc opt; do
				if [ -L "/$directory" ]; then
					cp -P "/$directory" "$root/"
				elif [ -d "/$directory" ]; then
					mkdir "$root/$directory"
					mount --bind "/$directory" "$root/$directory"
					mount -o remount,bind,ro "$root/$directory"
				fi
			done
			for directory in dev proc; do
				mkdir "$root/$directory"
				mount --rbind "/$directory" "$root/$directory"
			done
			if [ ! -d "$root$java" ]; then
				mkdir -p "$root$java"
				mount --bind "$java" "$root$java"
				mount -o remount,bind,ro "$root$java"
			fi
			mkdir "$root/run" "$root$workdir" "$root/data" "$root/backups" "$root/tmp"
			printf '#!/bin/sh\\nexec %s/bin/java -XX:TieredStopAtLevel=1 "$@"\\n' "$java" > "$root/run/java"
			chmod 755 "$root/run/java"
			mount --bind "$app" "$root$workdir"
			mount -o remount,bind,ro "$root$workdir"
			mount --bind "$data" "$root/data"
			mount --bind "$backups" "$root/backups"
			mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m tmpfs "$root/tmp"
			mount -o remount,ro "$root"
			exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs \\
				--bounding-set=-all --inh-caps=-all env -C "$workdir" "$@"
			""";

	private final Dockerfile dockerfile;

	private final Path root;

	private final Path app;

	private final Path data;

	private final Path backups;

	/**
	 * Create a new instance.
	 * @param dockerfile says how it is started
	 * @param root an empty directory
	 * @param app the extracted demo
	 * @param data the volume of the database
	 * @param backups the volume of the snapshots
	 */
	Container(Dockerfile dockerfile, Path root, Path app, Path data, Path backups) {
		this.dockerfile = dockerfile;
		this.root = root;
		this.app = app;
		this.data = data;
		this.backups = backups;
	}

	/**
	 * Leave the test out if this machine does not let us make file systems that only our
	 * processes see.
	 */
	static void need() throws InterruptedException {
		if (!isPossible()) {
			String missing = "This needs unshare and setpriv, and the right to mount file systems";
			if (Boolean.getBoolean("tests.nothing-left-out")) {
				fail(missing);
			}
			abort(missing);
		}
	}

	private static boolean isPossible() throws InterruptedException {
		try {
			return new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c",
					"mount -t tmpfs tmpfs /tmp && setpriv --reuid 1 --no-new-privs --bounding-set=-all true")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Make a volume that the user of the image owns.
	 */
	Path volume(Path directory) throws IOException {
		Files.createDirectory(directory);
		own(directory);
		return directory;
	}

	void own(Path file) throws IOException {
		Files.setAttribute(file, "unix:uid", this.dockerfile.user());
		Files.setAttribute(file, "unix:gid", this.dockerfile.user());
	}

	/**
	 * Return what starts a container with a command.
	 */
	List<String> run(List<String> command, Map<String, String> environment) {
		List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec",
				SCRIPT, "sh", this.root.toString(), System.getProperty("java.home"), this.app.toString(),
				this.data.toString(), this.backups.toString(), this.dockerfile.workingDirectory(),
				String.valueOf(this.dockerfile.user())));
		all.addAll(inside(command, environment));
		return all;
	}

	/**
	 * Return what runs a command in a container that runs.
	 */
	List<String> exec(long pid, List<String> command) {
		List<String> all = new ArrayList<>(List.of("nsenter", "--target", String.valueOf(pid), "--mount", "--root",
				"--wd=/proc/" + pid + "/cwd", "setpriv", "--reuid", String.valueOf(this.dockerfile.user()), "--regid",
				String.valueOf(this.dockerfile.user()), "--clear-groups", "--no-new-privs", "--bounding-set=-all",
				"--inh-caps=-all", "env"));
		all.addAll(inside(command, Map.of()));
		return all;
	}

	private List<String> inside(List<String> command, Map<String, String> environment) {
		List<String> all = new ArrayList<>();
		all.add("PATH=/run:/usr/bin:/bin");
		this.dockerfile.environment().forEach((name, value) -> all.add(name + "=" + value));
		environment.forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(command);
		return all;
	}

}
