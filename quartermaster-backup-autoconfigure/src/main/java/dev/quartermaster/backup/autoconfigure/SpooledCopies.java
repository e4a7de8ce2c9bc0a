/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * The copies in a bucket of which Spring Cloud AWS writes a second one to this machine
 * first, whole, in the directory for temporary files: with the transfer manager on the
 * class path it does so unless told otherwise.
 */
final class SpooledCopies {

	private static final Logger logger = LoggerFactory.getLogger(SpooledCopies.class);

	private static final List<String> SPOOLING = List.of("io.awspring.cloud.s3.TransferManagerS3OutputStreamProvider",
			"io.awspring.cloud.s3.DiskBufferingS3OutputStreamProvider");

	private SpooledCopies() {
	}

	/**
	 * Warn of them, if there are any.
	 * @param beans the beans of the application
	 */
	static void warn(ListableBeanFactory beans) {
		SPOOLING.stream()
			.map(SpooledCopies::find)
			.flatMap(Optional::stream)
			.filter((type) -> beans.getBeanNamesForType(type, true, false).length > 0)
			.findFirst()
			.ifPresent((type) -> logger.warn(
					"Before a copy of a snapshot is sent to a bucket, it is written to {} whole, by {}. That needs room"
							+ " for the largest database, and may be in memory. Declare a bean of"
							+ " io.awspring.cloud.s3.InMemoryBufferingS3OutputStreamProvider, which sends parts of"
							+ " 5 MB, or do without software.amazon.awssdk:s3-transfer-manager.",
					System.getProperty("java.io.tmpdir"), type.getSimpleName()));
	}

	private static Optional<Class<?>> find(String name) {
		try {
			return Optional.of(ClassUtils.forName(name, ClassUtils.getDefaultClassLoader()));
		}
		catch (ClassNotFoundException | LinkageError ex) {
			// There is no such library.
			return Optional.empty();
		}
	}

}
