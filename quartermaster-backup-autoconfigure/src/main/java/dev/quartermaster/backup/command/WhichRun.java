/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.lang.StackWalker.StackFrame;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The answer to whether the application that is just being run is the application itself:
 * some run others before, whose configuration is not theirs.
 */
final class WhichRun {

	private static final String APPLICATION = "org.springframework.boot.SpringApplication";

	private static final String BUILDER = "org.springframework.boot.builder.SpringApplicationBuilder";

	private WhichRun() {
	}

	/**
	 * Return why the environment that the caller was handed may not be that of the
	 * application, as a part of a sentence, or {@code null} if it is.
	 */
	static @Nullable String reasonNotToTrust() {
		List<StackFrame> frames = frames();
		if (count(frames, BUILDER, "configureAsChildIfNecessary") > 0) {
			return "its context has a parent, which would have to be started first";
		}
		if (count(frames, APPLICATION, "prepareEnvironment") > 1) {
			return "it runs another application to prepare its configuration, as Spring Cloud's bootstrap does";
		}
		return null;
	}

	/**
	 * Return whether the context that the caller was handed is one that the application
	 * needs before its own: a parent, or what prepares the configuration.
	 */
	static boolean isBeforeTheApplication() {
		List<StackFrame> frames = frames();
		return count(frames, BUILDER, "configureAsChildIfNecessary") > 0
				|| count(frames, APPLICATION, "prepareEnvironment") > 0;
	}

	private static List<StackFrame> frames() {
		return StackWalker.getInstance()
			.walk((stack) -> stack
				.filter((frame) -> frame.getClassName().startsWith(APPLICATION) || frame.getClassName().equals(BUILDER))
				.toList());
	}

	private static long count(List<StackFrame> frames, String type, String method) {
		return frames.stream()
			.filter((frame) -> frame.getClassName().equals(type) && frame.getMethodName().equals(method))
			.count();
	}

}
