/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A library that makes every file system look to a process like one that has neither hard
 * links nor locks, as some network shares are. To be named in {@code LD_PRELOAD}.
 */
public final class FileSystemWithoutLinksAndLocks {

	private static final String SOURCE = """
			#define _GNU_SOURCE
			#include <dlfcn.h>
			#include <errno.h>
			#include <stdarg.h>

			static int call(const char *name, int fd, int cmd, void *arg) {
				if ((cmd >= 5 && cmd <= 7) || (cmd >= 36 && cmd <= 38)) { errno = ENOLCK; return -1; }
				return ((int (*)(int, int, void *)) dlsym(RTLD_NEXT, name))(fd, cmd, arg);
			}
			int fcntl(int fd, int cmd, ...) {
				va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list);
				return call("fcntl", fd, cmd, arg);
			}
			int fcntl64(int fd, int cmd, ...) {
				va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list);
				return call("fcntl64", fd, cmd, arg);
			}
			int link(const char *from, const char *to) { errno = EPERM; return -1; }
			int linkat(int from, const char *old, int to, const char *new, int flags) { errno = EPERM; return -1; }
			""";

	private FileSystemWithoutLinksAndLocks() {
	}

	/**
	 * Make the library. Without a compiler for C, the test is not run.
	 */
	public static Path make(Path directory) throws IOException, InterruptedException {
		Path source = Files.writeString(directory.resolve("faulty.c"), SOURCE);
		Path library = directory.resolve("faulty.so");
		Programs.need("cc", "-shared", "-fPIC", "-w", "-o", library.toString(), source.toString(), "-ldl");
		return library;
	}

	/**
	 * Assert that this process has neither hard links nor locks.
	 */
	public static void require(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			assertThatExceptionOfType(IOException.class).isThrownBy(channel::tryLock);
		}
		assertThatExceptionOfType(FileSystemException.class)
			.isThrownBy(() -> Files.createLink(file.resolveSibling("link"), file));
	}

}
