/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs a class of the tests as if some libraries were not there at all. Unlike with a
 * class loader that only hides them, classes that refer to them cannot be linked.
 */
public final class ClassPath {

	private final List<String> excluded;

	private ClassPath(List<String> excluded) {
		this.excluded = excluded;
	}

	/**
	 * Leave out the libraries whose file names start so.
	 */
	public static ClassPath without(String... prefixes) {
		return new ClassPath(List.of(prefixes));
	}

	/**
	 * Call a function with a public constructor.
	 */
	public List<String> apply(Class<? extends Function<List<String>, List<String>>> type, String... arguments) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			Object function = loader.loadClass(type.getName()).getConstructor().newInstance();
			@SuppressWarnings("unchecked")
			Function<List<String>, List<String>> typed = (Function<List<String>, List<String>>) function;
			return typed.apply(List.of(arguments));
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private URL[] urls() throws MalformedURLException {
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			File file = new File(entry);
			if (this.excluded.stream().noneMatch(file.getName()::startsWith)) {
				urls.add(file.toURI().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

}
