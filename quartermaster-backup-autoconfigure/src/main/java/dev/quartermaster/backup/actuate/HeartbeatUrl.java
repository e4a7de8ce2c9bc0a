/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The URL of a heartbeat. Whoever knows it can send one, so that nothing but its host is
 * ever shown.
 */
public final class HeartbeatUrl {

	private final URI success;

	private final URI failure;

	private HeartbeatUrl(URI success, URI failure) {
		this.success = success;
		this.failure = failure;
	}

	/**
	 * Return the URL that a text means.
	 * @param text the URL
	 * @return the URL
	 * @throws IllegalArgumentException if it is none of HTTP; the message does not quote
	 * it
	 */
	public static HeartbeatUrl of(String text) {
		URI url = parse(text.strip());
		String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
		if (!(scheme.equals("https") || scheme.equals("http")) || url.getHost() == null) {
			throw new IllegalArgumentException("it does not begin with https:// or http:// and a host");
		}
		return new HeartbeatUrl(url, failureOf(url));
	}

	private static URI parse(String text) {
		try {
			return new URI(text);
		}
		catch (URISyntaxException ex) {
			// Its message quotes the URL.
			throw new IllegalArgumentException("it is no URL (" + ex.getReason() + ")");
		}
	}

	private static URI failureOf(URI url) {
		String path = (url.getRawPath() != null) ? url.getRawPath() : "";
		String query = (url.getRawQuery() != null) ? "?" + url.getRawQuery() : "";
		return URI
			.create(url.getScheme() + "://" + url.getRawAuthority() + path.replaceFirst("/+$", "") + "/fail" + query);
	}

	URI success() {
		return this.success;
	}

	URI failure() {
		return this.failure;
	}

	/**
	 * Mask the URL, or what is secret of it, in a text.
	 */
	String maskIn(String text) {
		String masked = text.replace(this.failure.toString(), toString()).replace(this.success.toString(), toString());
		for (String secret : new String[] { this.success.getRawPath(), this.success.getRawQuery(),
				this.success.getRawUserInfo() }) {
			if (secret != null && secret.length() > 1) {
				masked = masked.replace(secret, "***");
			}
		}
		return masked;
	}

	/**
	 * Return the host, and that there is more.
	 */
	@Override
	public String toString() {
		String port = (this.success.getPort() >= 0) ? ":" + this.success.getPort() : "";
		return this.success.getScheme() + "://" + this.success.getHost() + port + "/***";
	}

}
