/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.quartermaster.backup.RealPath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of a Linux system, as a process sees them: the tree that leads from the root
 * to the file system of a file. {@link Files#getFileStore} is asked elsewhere only, since
 * it finds none for files on some overlays.
 *
 * @see <a href=
 * "https://www.kernel.org/doc/Documentation/filesystems/proc.txt">/proc/self/mountinfo</a>
 */
final class Mounts {

	static final String OVERLAY = "overlay";

	private static final Logger logger = LoggerFactory.getLogger(Mounts.class);

	private static final Path OF_THIS_PROCESS = Path.of("/proc/self/mountinfo");

	private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

	private static final Pattern UPPER_DIRECTORY = Pattern.compile("(?:^|,)upperdir=([^,]+)");

	private static final String ROOT = "/";

	private final List<Mount> mounts;

	private Mounts(List<Mount> mounts) {
		this.mounts = mounts;
	}

	/**
	 * Return the mounts that this process sees: none on systems other than Linux.
	 */
	static Mounts ofThisProcess() {
		try (Stream<String> lines = Files.lines(OF_THIS_PROCESS)) {
			return parse(lines.toList());
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The mounts of this process are unknown", ex);
			return new Mounts(List.of());
		}
	}

	/**
	 * Return the mounts that some lines tell of. What is no such line is passed over.
	 */
	static Mounts parse(List<String> lines) {
		List<Mount> mounts = new ArrayList<>();
		for (String line : lines) {
			Mount mount = Mount.parse(line);
			if (mount != null) {
				mounts.add(mount);
			}
		}
		return new Mounts(mounts);
	}

	/**
	 * Return the type of the file system that holds what is written to a file. That of an
	 * overlay is that of its upper directory, if that can be seen: a container cannot see
	 * its own.
	 * @param file the file, which need not exist
	 * @return the type, as the system calls it, or empty if it is unknown
	 */
	Optional<String> typeOf(Path file) {
		Path path = RealPath.of(file);
		Mount mount = mountOf(path);
		if (mount == null) {
			return typeByFileStore(path);
		}
		Path upper = mount.visibleUpperDirectory();
		Mount below = (upper != null) ? mountOf(upper) : null;
		return Optional.of((below != null) ? below.type() : mount.type());
	}

	/**
	 * Walk down from the root. One mount may hide another, whose lines may come in any
	 * order: what counts is which mount lies on which.
	 */
	private @Nullable Mount mountOf(Path path) {
		Mount mount = highest((candidate) -> candidate.point().toString().equals(ROOT) && this.mounts.stream()
			.noneMatch((other) -> other.id() == candidate.parent() && other.id() != candidate.id()));
		for (int depth = 0; mount != null && depth < this.mounts.size(); depth++) {
			Mount below = mount;
			Mount next = highest((candidate) -> candidate.parent() == below.id() && candidate.id() != below.id()
					&& path.startsWith(candidate.point()));
			if (next == null) {
				break;
			}
			mount = next;
		}
		return mount;
	}

	private @Nullable Mount highest(Predicate<Mount> which) {
		return this.mounts.stream()
			.filter(which)
			.min(Comparator.comparingInt((mount) -> mount.point().getNameCount()))
			.orElse(null);
	}

	private static Optional<String> typeByFileStore(Path path) {
		for (Path existing = path; existing != null; existing = existing.getParent()) {
			try {
				return Optional.of(Files.getFileStore(existing).type());
			}
			catch (IOException | SecurityException ex) {
				logger.debug("The file system of {} is unknown", existing, ex);
			}
		}
		return Optional.empty();
	}

	/**
	 * One mount.
	 *
	 * @param id its number
	 * @param parent the number of the one that it lies on
	 * @param point where it is
	 * @param type the type of its file system
	 * @param options what else is said of that
	 */
	private record Mount(int id, int parent, Path point, String type, String options) {

		private static final String SEPARATOR = " - ";

		/**
		 * Return the mount that a line tells of, or {@code null} if it is none.
		 */
		static @Nullable Mount parse(String line) {
			int separator = line.indexOf(SEPARATOR);
			if (separator < 0) {
				return null;
			}
			String[] mount = line.substring(0, separator).split(" ", -1);
			String[] fileSystem = line.substring(separator + SEPARATOR.length()).split(" ", -1);
			if (mount.length < 5) {
				return null;
			}
			try {
				return new Mount(Integer.parseInt(mount[0]), Integer.parseInt(mount[1]), Path.of(unescape(mount[4])),
						fileSystem[0], (fileSystem.length > 2) ? fileSystem[2] : "");
			}
			catch (IllegalArgumentException ex) {
				logger.debug("Not understood: {}", line, ex);
				return null;
			}
		}

		private static String unescape(String text) {
			return OCTAL.matcher(text)
				.replaceAll((octal) -> Matcher
					.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
		}

		@Nullable Path visibleUpperDirectory() {
			Matcher upper = UPPER_DIRECTORY.matcher(this.options);
			if (!this.type.equals(OVERLAY) || !upper.find()) {
				return null;
			}
			try {
				return Path.of(unescape(upper.group(1))).toRealPath();
			}
			catch (IOException | IllegalArgumentException ex) {
				// It is on the other side of the container.
				return null;
			}
		}

	}

}
