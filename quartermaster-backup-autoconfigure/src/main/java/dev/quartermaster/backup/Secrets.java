/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The passwords and keys that drivers take, wherever one may stand in a text: in the
 * parameters of a URL, before its host, in properties, options and statements. Whatever
 * quotes a URL, what somebody typed, or another's message, masks it here first.
 * <p>
 * Where a secret ends is not always clear. Rather more than less is masked.
 */
public final class Secrets {

	private static final String MASK = "***";

	private static final int LONGEST_NAME = 100;

	private static final String PASSWORD = "[\\w.-]*(?:password|passwd|pwd|passphrase)[\\w.-]*"
			+ "|[\\w.-]*(?:pass|secret|token|credentials?)";

	private static final String KEY = "[\\w.-]*key";

	private static final String ANY = PASSWORD + "|" + KEY;

	/**
	 * The name of a secret, and what stands between it and the secret: in URLs,
	 * properties and statements, in a call, in JSON, in YAML. A part of a path is no such
	 * name.
	 */
	private static final String ASSIGNED = "((?<![\\w./\\\\-]|near [\"']|unrecognized |with name ['\"])"
			+ "(?![\\w$.]+(?:Exception|Error): )(?:(?:" + ANY + ")(?:\\s*=\\s*|\\s*\\(\\s*(?=['\"])"
			+ "|['\"]\\s*[=:]\\s*)|(?:" + PASSWORD + "):\\s+))";

	private static final String DELIMITED = "\\{(?:[^}]|\\}\\})*+\\}|'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"";

	private static final String END_IN_TEXT = "(?=[&;\\r\\n]|['\")\\]}]+(?:[\\s:,.]|$)|$)";

	/**
	 * A secret in a text. It may have blanks in it, and ends where what quotes it does.
	 */
	private static final Pattern IN_TEXT = Pattern.compile(
			"(?i)" + ASSIGNED + "(?:(?:" + DELIMITED + ")(?=[&;\\s'\")\\]},.:]|$)|[^&;\\r\\n]+?" + END_IN_TEXT + ")");

	/**
	 * A secret in what is known to be a whole URL or argument.
	 */
	private static final Pattern IN_URL = Pattern
		.compile("(?i)" + ASSIGNED + "(?:(?:" + DELIMITED + ")(?=[&;]|$)|[^&;]+)");

	/**
	 * The password of a user in a URL. Up to the last {@code @}, since one may be in it.
	 */
	private static final Pattern LOGIN = Pattern.compile("(//[^/:@\\s]*):(?:\\S*|[^/\\r\\n]*)@");

	/**
	 * A user alone, as which tokens are given.
	 */
	private static final Pattern USER = Pattern.compile("(?<=//)[^/:@\\s'\"]+(?=@)");

	/**
	 * A login as Oracle has it.
	 */
	private static final Pattern ORACLE_LOGIN = Pattern.compile("(?i)(oracle:\\w+:[^/:@\\s]*)/\\S*@");

	/**
	 * What a URL is signed with, as which an object store takes it from whoever has it.
	 * As a parameter of a URL only: such words mean something else elsewhere.
	 */
	private static final Pattern SIGNATURE = Pattern
		.compile("(?i)(?<=[?&;]|\\\\u0026)((?:sig|[\\w.-]*signature|awsaccesskeyid)=)[\\w%+/=~.-]+");

	private static final Pattern OPTION = Pattern.compile("(?i)--?(?:" + ANY + ")");

	private Secrets() {
	}

	/**
	 * Mask the secrets in a text.
	 * @param text any text
	 * @return the text without them
	 */
	public static String mask(String text) {
		return IN_TEXT.matcher(maskInUrls(text)).replaceAll("$1" + MASK);
	}

	/**
	 * Return the name of somebody so that it is one, and ends where it does: it may be
	 * anything that somebody sent, and is going to stand in a log or on a terminal.
	 * @param name the name, as it was given
	 * @return one line without secrets, and not too long
	 */
	public static String maskName(String name) {
		String line = mask(name).replaceAll("[\\p{C}\\p{Z}]+", " ").replace('"', '\'');
		return (line.length() > LONGEST_NAME) ? line.substring(0, LONGEST_NAME) + "..." : line;
	}

	/**
	 * Mask the secrets in a URL, or in another text that is nothing else.
	 * @param url the URL or argument
	 * @return the same without them
	 */
	public static String maskUrl(String url) {
		return IN_URL.matcher(maskInUrls(url)).replaceAll("$1" + MASK);
	}

	/**
	 * Mask the secrets in a text that may quote what was typed.
	 * @param text any text
	 * @param words the words that were typed
	 * @return the text without them
	 */
	public static String mask(String text, List<String> words) {
		String masked = text;
		for (int i = 0; i < words.size(); i++) {
			String word = words.get(i);
			if (i > 0 && OPTION.matcher(words.get(i - 1)).matches()) {
				masked = masked.replace("'" + word + "'", "'" + MASK + "'");
			}
			// An option, or its value alone.
			for (String quoted : List.of(word, word.substring(word.indexOf('=') + 1))) {
				masked = masked.replace("'" + quoted + "'", "'" + maskUrl(quoted) + "'");
			}
		}
		return mask(masked);
	}

	private static String maskInUrls(String text) {
		String masked = LOGIN.matcher(text).replaceAll("$1:" + MASK + "@");
		masked = USER.matcher(masked).replaceAll(MASK);
		masked = SIGNATURE.matcher(masked).replaceAll("$1" + MASK);
		return ORACLE_LOGIN.matcher(masked).replaceAll("$1/" + MASK + "@");
	}

	/**
	 * Mask the secrets in the messages of an exception, for its trace.
	 * @param failure the exception
	 * @return the same, or one with the same trace if there are any
	 */
	public static Throwable mask(Throwable failure) {
		return isClean(failure, newSet()) ? failure : new Masked(failure, newSet());
	}

	/**
	 * Exceptions may lead to each other in a circle.
	 */
	private static boolean isClean(Throwable failure, Set<Throwable> seen) {
		if (!seen.add(failure)) {
			return true;
		}
		Throwable cause = failure.getCause();
		return mask(failure.toString()).equals(failure.toString()) && (cause == null || isClean(cause, seen))
				&& Stream.of(failure.getSuppressed()).allMatch((suppressed) -> isClean(suppressed, seen));
	}

	private static Set<Throwable> newSet() {
		return Collections.newSetFromMap(new IdentityHashMap<>());
	}

	/**
	 * Stands for an exception with secrets in its messages, or those of its causes.
	 */
	private static final class Masked extends Exception {

		private final String description;

		Masked(Throwable failure, Set<Throwable> seen) {
			super(mask(String.valueOf(failure.getMessage())));
			this.description = mask(failure.toString());
			setStackTrace(failure.getStackTrace());
			seen.add(failure);
			Throwable cause = failure.getCause();
			if (cause != null && !seen.contains(cause)) {
				initCause(new Masked(cause, seen));
			}
			for (Throwable suppressed : failure.getSuppressed()) {
				if (!seen.contains(suppressed)) {
					addSuppressed(new Masked(suppressed, seen));
				}
			}
		}

		@Override
		public String toString() {
			return this.description;
		}

	}

}
