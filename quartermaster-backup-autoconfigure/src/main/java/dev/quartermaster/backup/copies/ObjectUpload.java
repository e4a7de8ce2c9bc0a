/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;

import dev.quartermaster.backup.Secrets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.WritableResource;
import org.springframework.util.ReflectionUtils;

/**
 * An upload to an object store that leaves nothing if it is cut off. The stream of one
 * that is closed makes an object of what was written, in place of what was there.
 */
final class ObjectUpload {

	private static final Logger logger = LoggerFactory.getLogger(ObjectUpload.class);

	private ObjectUpload() {
	}

	/**
	 * Write to an object.
	 * @param target the object
	 * @param content writes it; if that fails there is no object, or what was there
	 * before
	 */
	static void to(WritableResource target, Content content) throws IOException {
		OutputStream stream = target.getOutputStream();
		boolean whole = false;
		try {
			content.writeTo(stream);
			whole = true;
		}
		finally {
			if (whole) {
				stream.close();
			}
			else {
				abort(stream);
			}
		}
	}

	/**
	 * End what is sent without an object. Spring Cloud AWS has a method for that. Where
	 * there is none, the stream is left as it is.
	 */
	private static void abort(OutputStream stream) {
		// It sends a request, which an interrupted thread cannot.
		boolean interrupted = Thread.interrupted();
		try {
			Method abort = ReflectionUtils.findMethod(stream.getClass(), "abort");
			if (abort != null) {
				ReflectionUtils.makeAccessible(abort);
				abort.invoke(stream);
			}
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("What was sent could not be ended", Secrets.mask(ex));
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * What is written.
	 */
	@FunctionalInterface
	interface Content {

		void writeTo(OutputStream stream) throws IOException;

	}

}
