/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.util.Locale;
import java.util.Set;

/**
 * The kind of a file system, as far as it endangers what lies on it.
 */
enum FileSystemKind {

	/**
	 * It stays, or nothing is known of it.
	 */
	LASTING,

	/**
	 * It is the one that a container is given, and goes with the container.
	 */
	OF_CONTAINER,

	/**
	 * It is in memory, and goes when the machine or the container stops.
	 */
	IN_MEMORY,

	/**
	 * It is shared with other machines, and does not keep them apart as SQLite needs it.
	 */
	NETWORK;

	private static final Set<String> TYPES_OF_CONTAINERS = Set.of(Mounts.OVERLAY, "overlayfs", "aufs",
			"fuse.fuse-overlayfs");

	private static final Set<String> TYPES_IN_MEMORY = Set.of("tmpfs", "ramfs", "rootfs");

	private static final Set<String> TYPES_OF_NETWORKS = Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs",
			"9p", "afpfs", "afs", "ncpfs", "webdav", "fuse.sshfs", "fuse.davfs", "fuse.s3fs", "fuse.gcsfuse",
			"fuse.rclone", "vboxsf", "fuse.vmhgfs-fuse");

	/**
	 * Return the kind of a type of file systems.
	 * @param type the type, as the operating system calls it
	 */
	static FileSystemKind of(String type) {
		String name = type.toLowerCase(Locale.ROOT);
		if (TYPES_OF_CONTAINERS.contains(name)) {
			return OF_CONTAINER;
		}
		if (TYPES_IN_MEMORY.contains(name)) {
			return IN_MEMORY;
		}
		return TYPES_OF_NETWORKS.contains(name) ? NETWORK : LASTING;
	}

}
