/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

import dev.quartermaster.backup.OpenSnapshot;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * The answer to a request for a snapshot.
 *
 * @param head its status and headers, and its body if that is not of the snapshot
 * @param content what of the snapshot is to be sent, to be closed, or {@code null}
 */
record SnapshotAnswer(ResponseEntity<Object> head, @Nullable ReadableByteChannel content) {

	/**
	 * As registered for SQLite databases.
	 */
	static final String CONTENT_TYPE = "application/vnd.sqlite3";

	static final MediaType MEDIA_TYPE = MediaType.parseMediaType(CONTENT_TYPE);

	private static final Logger logger = LoggerFactory.getLogger(SnapshotAnswer.class);

	/**
	 * Answer a request.
	 * @param resource the snapshot
	 * @param method the method of the request, {@code GET} or {@code HEAD}
	 * @param request its headers
	 */
	static SnapshotAnswer to(SnapshotResource resource, HttpMethod method, HttpHeaders request) {
		OpenSnapshot content = resource.content();
		ETag tag = new ETag(content.sha256(), false);
		boolean head = HttpMethod.HEAD.equals(method);
		RequestedPart part = RequestedPart.of(method, request, tag, content.size());
		if (part instanceof RequestedPart.Bytes bytes) {
			ResponseEntity<Object> answer = found(resource, tag, bytes);
			return head ? withoutContent(answer, content) : send(resource, answer, bytes);
		}
		if (!head) {
			resource.log((part instanceof RequestedPart.Unchanged) ? "unchanged, so nothing is sent"
					: "nothing is sent, since the request asks for something else");
		}
		return withoutContent(refused(part, tag, content.size()), content);
	}

	private static SnapshotAnswer send(SnapshotResource resource, ResponseEntity<Object> answer,
			RequestedPart.Bytes bytes) {
		long size = resource.contentLength();
		resource.log((bytes.count() == size) ? SnapshotResource.WHOLE.formatted(size)
				: "sending bytes %d to %d of %d".formatted(bytes.first(), bytes.last(), size));
		return new SnapshotAnswer(answer, resource.content().read(bytes.first(), bytes.count()));
	}

	private static ResponseEntity<Object> found(SnapshotResource resource, ETag tag, RequestedPart.Bytes bytes) {
		long size = resource.contentLength();
		boolean whole = bytes.count() == size;
		ResponseEntity.BodyBuilder answer = tagged(whole ? HttpStatus.OK : HttpStatus.PARTIAL_CONTENT, tag)
			.contentType(MEDIA_TYPE)
			.contentLength(bytes.count())
			.header(HttpHeaders.ACCEPT_RANGES, "bytes")
			.header(HttpHeaders.CONTENT_DISPOSITION, attachment(resource.getFilename()));
		if (!whole) {
			answer.header(HttpHeaders.CONTENT_RANGE, "bytes " + bytes.first() + "-" + bytes.last() + "/" + size);
		}
		return answer.build();
	}

	private static ResponseEntity<Object> refused(RequestedPart part, ETag tag, long size) {
		if (part instanceof RequestedPart.Unchanged) {
			return tagged(HttpStatus.NOT_MODIFIED, tag).build();
		}
		if (part instanceof RequestedPart.Changed) {
			return tagged(HttpStatus.PRECONDITION_FAILED, tag).contentType(MediaType.APPLICATION_JSON)
				.body(new FailureDescriptor("The snapshot is not the one that If-Match asks for.",
						"Leave out the header If-Match to get the one that there is."));
		}
		return tagged(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE, tag).contentType(MediaType.APPLICATION_JSON)
			.header(HttpHeaders.CONTENT_RANGE, "bytes */" + size)
			.body(new FailureDescriptor("The snapshot does not have the bytes that Range asks for.",
					"It has " + size + " bytes. Leave out the header Range to get all of them."));
	}

	/**
	 * Whoever stores it has to ask each time whether it still is the same, and others are
	 * not to store it at all.
	 */
	private static ResponseEntity.BodyBuilder tagged(HttpStatus status, ETag tag) {
		return ResponseEntity.status(status)
			.eTag(tag.formattedTag())
			.cacheControl(CacheControl.noCache().cachePrivate());
	}

	/**
	 * Programs that know nothing of the encoded form take it for the name itself.
	 */
	private static String attachment(String name) {
		ContentDisposition.Builder attachment = ContentDisposition.attachment();
		return (StandardCharsets.US_ASCII.newEncoder().canEncode(name) ? attachment.filename(name)
				: attachment.filename(name, StandardCharsets.UTF_8))
			.build()
			.toString();
	}

	private static SnapshotAnswer withoutContent(ResponseEntity<Object> answer, OpenSnapshot content) {
		try {
			content.close();
		}
		catch (IOException ex) {
			// Nothing depends on it: it was only read.
			logger.debug("Not closed", ex);
		}
		return new SnapshotAnswer(answer, null);
	}

}
