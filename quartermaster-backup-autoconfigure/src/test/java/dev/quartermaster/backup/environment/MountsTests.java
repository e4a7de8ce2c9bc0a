/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.quartermaster.backup.support.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Mounts}.
 */
class MountsTests {

	private static final Mounts OF_CONTAINER = Mounts
		.parse("""
				500 400 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/missing/U,workdir=/missing/W
				501 500 0:51 / /proc rw,nosuid - proc proc rw
				502 500 0:52 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k
				503 502 0:53 / /dev/shm rw - tmpfs shm rw,size=65536k
				504 500 254:1 /volumes/data /data rw,relatime master:2 shared:3 - ext4 /dev/vda1 rw
				505 504 0:54 / /data/archive rw - nfs4 server:/archive rw
				506 500 0:55 / /with\\040space rw - cifs //server/share rw
				"""
			.lines()
			.toList());

	@TempDir
	private Path directory;

	private final Deque<Path> mounted = new ArrayDeque<>();

	@AfterEach
	void unmount() throws Exception {
		for (Path path : this.mounted) {
			assertThat(Programs.run("umount", "-l", path.toString())).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "/app/app.db, overlay", "/database/app.db, overlay", "/data/app.db, ext4",
			"/data/archive/old/app.db, nfs4", "/data/archives/app.db, ext4", "/dev/shm/app.db, tmpfs",
			"/with space/app.db, cifs" })
	@EnabledOnOs(OS.LINUX)
	void fileIsOnTheMountAboveIt(String file, String type) {
		assertThat(OF_CONTAINER.typeOf(Path.of(file))).contains(type);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void laterMountHidesWhatWasMountedBelowItsPoint() {
		Mounts mounts = Mounts.parse(List.of("24 27 0:6 / /hidden rw - xfs /dev/vda2 rw",
				"25 24 0:7 / /hidden/below rw - nfs server:/x rw", "27 1 254:0 / / rw - ext4 /dev/vda rw",
				"26 24 0:8 / /hidden rw - tmpfs tmpfs rw", "1 1 0:1 / / rw - rootfs rootfs rw"));
		// Whether the first root can be seen or not.
		assertThat(mounts.typeOf(Path.of("/hidden/x/app.db"))).contains("tmpfs");
		assertThat(mounts.typeOf(Path.of("/app.db"))).contains("ext4");
	}

	@Test
	void whatIsNoMountIsPassedOver() throws IOException {
		Mounts mounts = Mounts.parse(List.of("", "x", "a b c d e - f", "1 - ", "27 1 254:0 / \0 rw - ext4 x rw"));
		assertThat(mounts.typeOf(this.directory)).contains(Files.getFileStore(this.directory).type());
	}

	@Test
	void fileThatDoesNotExistIsOnTheMountOfItsDirectories() throws Exception {
		mount("-t", "tmpfs", "tmpfs", this.directory.toString());
		assertThat(Mounts.ofThisProcess().typeOf(this.directory.resolve("not/there/app.db"))).contains("tmpfs");
	}

	@Test
	void linkIsFollowed() throws Exception {
		Path memory = Files.createDirectory(this.directory.resolve("memory"));
		mount("-t", "ramfs", "ramfs", memory.toString());
		Path link = Files.createSymbolicLink(this.directory.resolve("app.db"), memory.resolve("app.db"));
		Files.createFile(memory.resolve("app.db"));
		assertThat(Mounts.ofThisProcess().typeOf(link)).contains("ramfs");
		assertThat(Mounts.ofThisProcess().typeOf(this.directory.resolve("other.db")))
			.hasValueSatisfying((type) -> assertThat(type).isNotEqualTo("ramfs"));
	}

	@Test
	void overlayOfContainerIsOverlay() throws Exception {
		Path overlay = overlay();
		// As from within a container, where it cannot be seen.
		assertThat(Programs.run("umount", "-l", this.mounted.removeLast().toString())).isTrue();
		assertThat(Mounts.ofThisProcess().typeOf(overlay.resolve("app.db"))).contains("overlay");
	}

	@Test
	void overlayWhoseUpperDirectoryCanBeSeenIsWhatThatIsOn() throws Exception {
		Path overlay = overlay();
		assertThat(Mounts.ofThisProcess().typeOf(overlay.resolve("app.db"))).contains("tmpfs");
	}

	private Path overlay() throws Exception {
		Path outside = Files.createDirectory(this.directory.resolve("outside"));
		mount("-t", "tmpfs", "tmpfs", outside.toString());
		Path lower = Files.createDirectory(outside.resolve("lower"));
		Path upper = Files.createDirectory(outside.resolve("upper"));
		Path work = Files.createDirectory(outside.resolve("work"));
		Path overlay = Files.createDirectory(this.directory.resolve("overlay"));
		mount("-t", "overlay", "overlay", "-o", "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work,
				overlay.toString());
		return overlay;
	}

	private void mount(String... arguments) throws Exception {
		String[] command = new String[arguments.length + 1];
		command[0] = "mount";
		System.arraycopy(arguments, 0, command, 1, arguments.length);
		Programs.need(command);
		this.mounted.addFirst(Path.of(arguments[arguments.length - 1]));
	}

}
