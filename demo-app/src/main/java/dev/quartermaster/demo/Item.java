/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

/**
 * Something in the inventory.
 *
 * @param id its number
 * @param name what it is
 * @param quantity how many there are
 * @param location where they are
 */
record Item(long id, String name, int quantity, String location) {
}
