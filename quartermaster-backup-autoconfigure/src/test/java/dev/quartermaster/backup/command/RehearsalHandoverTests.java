/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RehearsalHandover}.
 */
class RehearsalHandoverTests {

	@Test
	void isReadAsItIsWritten() {
		RehearsalHandover handover = new RehearsalHandover(
				Map.of(Path.of("/a & b=c/größe%41.db"), Path.of("/x\ny.partial"), Path.of("/b.db"), Path.of("/+.db")),
				null, Path.of("/tmp/s"), 7);
		assertThat(handover.encode()).matches("[ -~]+");
		assertThat(RehearsalHandover.decode(handover.encode())).isEqualTo(handover);
		RehearsalHandover empty = new RehearsalHandover(Map.of(), Path.of("/main.db"), Path.of("/tmp/s"), 8);
		assertThat(RehearsalHandover.decode(empty.encode())).isEqualTo(empty);
	}

}
