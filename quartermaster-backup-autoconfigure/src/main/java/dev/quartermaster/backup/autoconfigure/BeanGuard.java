/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * A bean post-processor that guards beans of types that it knows.
 */
interface BeanGuard extends BeanPostProcessor {

	/**
	 * Return whether a bean is of a type that this one knows, so that it is for this one
	 * to tell whether the bean changes a schema.
	 */
	boolean knows(Object bean);

}
