/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that processes which are no more left in a directory: partial files with
 * their locks and journals, claims, and manifests of snapshots that never got their name.
 * The lock tells that its process has ended; where there is none, age does.
 */
final class AbandonedFiles {

	private static final Logger logger = LoggerFactory.getLogger(AbandonedFiles.class);

	private static final Pattern PARTIAL_OR_LOCK = Pattern
		.compile("(" + Pattern.quote(OwnFile.PREFIX) + "\\d+-\\d+-[0-9a-f-]{36})(\\.lock|\\.new|\\.partial(?:"
				+ String.join("|", PartialFile.COMPANIONS) + "|))");

	private static final Duration ABANDONED_WITHOUT_LOCK = Duration.ofDays(1);

	private AbandonedFiles() {
	}

	/**
	 * Remove it, and what this process could not remove before. What cannot be removed,
	 * since another user left it, say, is in nobody's way and stays.
	 */
	static void removeFrom(Path directory) throws IOException {
		Set<String> names = removePartialsFrom(directory);
		for (String name : names) {
			SnapshotName.missingSnapshotIn(name, names)
				.ifPresent((snapshot) -> tryTo((file) -> removeManifest(file, directory.resolve(snapshot)),
						directory.resolve(name)));
		}
	}

	/**
	 * Remove it, but for manifests.
	 * @return the names of the files that are no hidden ones of ours
	 */
	static Set<String> removePartialsFrom(Path directory) throws IOException {
		Set<String> names = new HashSet<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				if (name.startsWith(OwnFile.PREFIX)) {
					tryTo(AbandonedFiles::removeIfAbandoned, file);
				}
				else {
					names.add(name);
				}
			}
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		return names;
	}

	private static void tryTo(Removal removal, Path file) {
		try {
			removal.remove(file);
		}
		catch (IOException ex) {
			logger.debug("Could not remove {}", file, ex);
		}
	}

	/**
	 * Whoever has given one its name may be about to give the snapshot its own, and
	 * whoever brings both back from elsewhere may have done so since they were listed.
	 */
	private static void removeManifest(Path file, Path snapshot) throws IOException {
		if (isOld(file) && OwnFile.readWhole(file, SnapshotManifest.MAX_BYTES).startsWith(SnapshotManifest.BEGINNING)
				&& FileState.of(snapshot, LinkOption.NOFOLLOW_LINKS).isMissing()) {
			remove(file);
		}
	}

	private static void removeIfAbandoned(Path file) throws IOException {
		String fileName = file.getFileName().toString();
		Matcher name = PARTIAL_OR_LOCK.matcher(fileName);
		if (name.matches()) {
			if (!PartialFile.isInUse(name.group(1))) {
				removeIfAbandoned(file, file.resolveSibling(name.group(1) + PartialFile.LOCK));
			}
		}
		else if (NameClaim.isClaim(fileName) && FileState.of(file, LinkOption.NOFOLLOW_LINKS).isEmpty()
				&& isOld(file)) {
			remove(file);
		}
	}

	private static void removeIfAbandoned(Path file, Path lockPath) throws IOException {
		if (file.toString().endsWith(PartialFile.NEW_LOCK)) {
			removeIfUnlocked(file, List.of());
		}
		else if (file.equals(lockPath)) {
			String name = lockPath.getFileName().toString();
			Path partial = lockPath
				.resolveSibling(name.substring(0, name.length() - PartialFile.LOCK.length()) + PartialFile.PARTIAL);
			List<Path> guarded = new ArrayList<>();
			for (String companion : PartialFile.COMPANIONS) {
				guarded.add(partial.resolveSibling(partial.getFileName() + companion));
			}
			guarded.add(partial);
			removeIfUnlocked(lockPath, guarded);
		}
		else if (FileState.of(lockPath, LinkOption.NOFOLLOW_LINKS).isMissing() && isOld(file)) {
			remove(file);
		}
	}

	private static void removeIfUnlocked(Path lockPath, List<Path> guarded) throws IOException {
		try (FileChannel channel = OwnFile.open(lockPath)) {
			LockAttempt attempt = LockAttempt.on(channel);
			if (attempt == LockAttempt.LOCKED || (attempt == LockAttempt.UNSUPPORTED && isOld(lockPath))) {
				for (Path file : guarded) {
					remove(file);
				}
				remove(lockPath);
			}
		}
		catch (NoSuchFileException ex) {
			// Its owner or another process was faster.
		}
	}

	private static boolean isOld(Path file) throws IOException {
		return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
			.toInstant()
			.isBefore(Instant.now().minus(ABANDONED_WITHOUT_LOCK));
	}

	/**
	 * What is no regular file is none that we left.
	 */
	private static void remove(Path file) throws IOException {
		if (FileState.of(file, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR) {
			Files.deleteIfExists(file);
		}
	}

	/**
	 * Removes a file if it is to be removed.
	 */
	@FunctionalInterface
	private interface Removal {

		void remove(Path file) throws IOException;

	}

}
