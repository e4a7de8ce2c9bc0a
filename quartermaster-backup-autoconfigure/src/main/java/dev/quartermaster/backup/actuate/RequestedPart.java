/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;

/**
 * The part of a file that a request asks for, by its conditions and its range, in the
 * order of RFC 9110, 13.2.2. A file has an entity tag and no time: a condition on its
 * time is none.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2">Precedence of
 * preconditions</a>
 */
sealed interface RequestedPart {

	/**
	 * Return what a request asks for.
	 * @param method its method, of which only {@code GET} has ranges
	 * @param request its headers
	 * @param tag the entity tag of the file
	 * @param length how many bytes it has
	 */
	static RequestedPart of(HttpMethod method, HttpHeaders request, ETag tag, long length) {
		if (request.containsHeader(HttpHeaders.IF_MATCH) && !matches(request, HttpHeaders.IF_MATCH, tag, true)) {
			return new Changed();
		}
		if (matches(request, HttpHeaders.IF_NONE_MATCH, tag, false)) {
			return new Unchanged();
		}
		// What was begun with another file must not be continued with this one.
		boolean same = !request.containsHeader(HttpHeaders.IF_RANGE)
				|| matches(request, HttpHeaders.IF_RANGE, tag, true);
		HttpRange range = (same && method.equals(HttpMethod.GET)) ? only(request) : null;
		if (range == null) {
			return new Bytes(0, length - 1);
		}
		long first = range.getRangeStart(length);
		long last = range.getRangeEnd(length);
		return (first <= last) ? new Bytes(first, last) : new None();
	}

	private static boolean matches(HttpHeaders request, String header, ETag tag, boolean strong) {
		return ETag.parse(String.join(",", request.getOrEmpty(header)))
			.stream()
			.anyMatch((other) -> (other.isWildcard() && !header.equals(HttpHeaders.IF_RANGE))
					|| tag.compare(other, strong));
	}

	/**
	 * Return the only range, or {@code null} if there is none, or several, which a server
	 * need not serve, or none that can be understood.
	 */
	private static @Nullable HttpRange only(HttpHeaders request) {
		try {
			List<HttpRange> ranges = request.getRange();
			return (ranges.size() == 1) ? ranges.get(0) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * These bytes, which may be all.
	 *
	 * @param first the first of them
	 * @param last the last of them
	 */
	record Bytes(long first, long last) implements RequestedPart {

		long count() {
			return this.last - this.first + 1;
		}

	}

	/**
	 * Nothing, since whoever asks has the same file.
	 */
	record Unchanged() implements RequestedPart {
	}

	/**
	 * Nothing, since whoever asks wants another file.
	 */
	record Changed() implements RequestedPart {
	}

	/**
	 * Bytes that the file does not have.
	 */
	record None() implements RequestedPart {
	}

}
