/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcome of an attempt to lock a file of ours, without waiting.
 */
enum LockAttempt {

	/**
	 * It is locked until the channel is closed.
	 */
	LOCKED,

	/**
	 * Somebody else has it locked, in this process or another.
	 */
	HELD,

	/**
	 * There are no locks on this file system.
	 */
	UNSUPPORTED;

	private static final Logger logger = LoggerFactory.getLogger(LockAttempt.class);

	/**
	 * Try to lock a file.
	 * @throws ClosedByInterruptException if the thread was interrupted
	 */
	static LockAttempt on(FileChannel channel) throws ClosedByInterruptException {
		try {
			return (channel.tryLock() != null) ? LOCKED : HELD;
		}
		catch (OverlappingFileLockException ex) {
			// Another thread of this process, or what another class loader of it loaded.
			return HELD;
		}
		catch (ClosedByInterruptException ex) {
			throw ex;
		}
		catch (IOException ex) {
			logger.debug("No locks on this file system", ex);
			return UNSUPPORTED;
		}
	}

}
