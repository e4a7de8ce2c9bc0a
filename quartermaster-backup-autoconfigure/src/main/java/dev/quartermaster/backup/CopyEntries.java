/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What is recorded in a {@link CopyLedger}.
 *
 * @param entries the lines, oldest first
 */
public record CopyEntries(List<CopyEntry> entries) {

	/**
	 * Create a new instance, which keeps a copy of the list.
	 * @param entries the lines
	 */
	public CopyEntries {
		entries = List.copyOf(entries);
	}

	/**
	 * Return the places that get copies, or got some.
	 * @return their locations
	 */
	public List<String> places() {
		return this.entries.stream().map(CopyEntry::place).distinct().toList();
	}

	/**
	 * Return whether a place was ever to get copies.
	 * @param place the place
	 * @return whether it was
	 */
	public boolean isKnown(String place) {
		return this.entries.stream()
			.anyMatch((entry) -> entry.kind() != CopyEntry.Kind.MARKED && entry.place().equals(place));
	}

	/**
	 * Return whether a place was ever ready for copies.
	 * @param place the place
	 * @return whether it did
	 */
	public boolean hasBeenUsed(String place) {
		return this.entries.stream()
			.anyMatch((entry) -> entry.kind() != CopyEntry.Kind.SINCE && entry.place().equals(place));
	}

	/**
	 * Return the last line of a kind for a place.
	 */
	private Optional<CopyEntry> last(CopyEntry.Kind kind, String place) {
		return this.entries.stream()
			.filter((entry) -> entry.kind() == kind && entry.place().equals(place))
			.reduce((earlier, later) -> later);
	}

	/**
	 * Return the identity of the directory that a place is.
	 */
	Optional<String> identity(String place) {
		return last(CopyEntry.Kind.MARKED, place).map(CopyEntry::key);
	}

	private Map<String, CopyEntry> last(String place) {
		Map<String, CopyEntry> last = new LinkedHashMap<>();
		for (CopyEntry entry : this.entries) {
			if (entry.place().equals(place)) {
				if (entry.kind() == CopyEntry.Kind.MARKED) {
					last.clear();
				}
				else if (entry.kind() != CopyEntry.Kind.SINCE) {
					last.put(entry.name(), entry);
				}
			}
		}
		return last;
	}

	/**
	 * Return whether a snapshot was ever copied to where a copy of it is to be.
	 * @param place the place
	 * @param name the file name of the snapshot
	 * @param key where the copy is to be, below the place
	 * @return whether it was
	 */
	public boolean hasBeenCopied(String place, String name, String key) {
		CopyEntry entry = last(place).get(name);
		return entry != null && entry.key().equals(key);
	}

	/**
	 * Return the copies at a place.
	 * @param place the place
	 * @return the last line of each, by the names of the snapshots
	 */
	public Map<String, CopyEntry> copies(String place) {
		Map<String, CopyEntry> copies = last(place);
		copies.values().removeIf((entry) -> entry.kind() != CopyEntry.Kind.COPIED);
		return copies;
	}

	/**
	 * Return the copies of all snapshots.
	 * @return the lines of each by its file name, in the order of the places
	 */
	public Map<String, List<CopyEntry>> copies() {
		Map<String, List<CopyEntry>> copies = new HashMap<>();
		for (String place : places()) {
			copies(place).forEach((name, entry) -> copies.computeIfAbsent(name, (key) -> new ArrayList<>()).add(entry));
		}
		return copies;
	}

	/**
	 * Return the copies of one snapshot.
	 * @param name the file name of the snapshot
	 * @return its lines, in the order of the places
	 */
	public List<CopyEntry> copiesOf(String name) {
		return copies().getOrDefault(name, List.of());
	}

	/**
	 * Return the snapshots that a place has yet to get.
	 * @param place the place
	 * @param newestFirst the snapshots that there are, newest first
	 * @return those, newest first
	 */
	public List<Snapshot> pending(String place, List<Snapshot> newestFirst) {
		Map<String, CopyEntry> done = last(place);
		done.values().removeIf((entry) -> entry.kind() == CopyEntry.Kind.GONE);
		SnapshotName first = first(place, newestFirst);
		return newestFirst.stream()
			.filter((snapshot) -> !snapshot.live() && !done.containsKey(snapshot.name().toString())
					&& (first == null || snapshot.name().compareTo(first) >= 0))
			.toList();
	}

	private @Nullable SnapshotName first(String place, List<Snapshot> newestFirst) {
		if (newestFirst.isEmpty()) {
			return null;
		}
		String database = newestFirst.get(0).name().database();
		return last(CopyEntry.Kind.SINCE, place).flatMap((entry) -> SnapshotName.parse(database, entry.name()))
			.orElse(null);
	}

	/**
	 * Return the lines that are still of use, as text.
	 * @param existing the names of the snapshots that there are
	 */
	String tidied(Set<String> existing) {
		List<CopyEntry> kept = new ArrayList<>();
		for (String place : places()) {
			last(CopyEntry.Kind.SINCE, place).ifPresent(kept::add);
			last(CopyEntry.Kind.MARKED, place).ifPresent(kept::add);
			List<CopyEntry> copies = List.copyOf(last(place).values());
			for (int i = 0; i < copies.size(); i++) {
				if (i == copies.size() - 1 || existing.contains(copies.get(i).name())) {
					kept.add(copies.get(i));
				}
			}
		}
		return String.join("", kept.stream().map((entry) -> entry + "\n").toList());
	}

}
