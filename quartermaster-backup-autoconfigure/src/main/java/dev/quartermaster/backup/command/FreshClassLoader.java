/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Enumeration;

import org.jspecify.annotations.Nullable;

/**
 * A class loader of the same classes as another one, all of them loaded anew. What the
 * application has set up before the command was reached, its logging above all, is not
 * set up in here.
 */
final class FreshClassLoader extends ClassLoader {

	static {
		registerAsParallelCapable();
	}

	private final ClassLoader original;

	FreshClassLoader(ClassLoader original) {
		super(ClassLoader.getPlatformClassLoader());
		this.original = original;
		Package ours = FreshClassLoader.class.getPackage();
		definePackage(ours.getName(), null, null, null, null, ours.getImplementationVersion(), null, null);
	}

	@Override
	protected Class<?> findClass(String name) throws ClassNotFoundException {
		try (@Nullable
		InputStream content = this.original.getResourceAsStream(name.replace('.', '/') + ".class")) {
			if (content == null) {
				throw new ClassNotFoundException(name);
			}
			byte[] bytes = content.readAllBytes();
			return defineClass(name, bytes, 0, bytes.length);
		}
		catch (IOException ex) {
			throw new ClassNotFoundException(name, ex);
		}
	}

	@Override
	protected @Nullable URL findResource(String name) {
		return this.original.getResource(name);
	}

	@Override
	protected Enumeration<URL> findResources(String name) throws IOException {
		return this.original.getResources(name);
	}

}
