/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import dev.quartermaster.backup.support.DocumentationPage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CostChart}.
 */
class CostChartTests {

	private static final List<String> MEASURED = List.of("10 MB, WAL", "30 ms", "0.50", "0.25", "0.75", "1.00", "1.50",
			"60 ms", "0.80");

	@Test
	void docsShowTheFiguresOfTheirTable() throws IOException {
		List<List<String>> rows = new ArrayList<>();
		DocumentationPage.of("docs/costs.md").table("| | unchecked |").forEach((title, cells) -> {
			List<String> row = new ArrayList<>(List.of(title));
			row.addAll(cells);
			rows.add(row);
		});
		assertThat(Path.of("..", "docs", "snapshot-costs.svg")).hasContent(new CostChart(rows).svg());
	}

	@Test
	void eachWayHasItsTime() throws Exception {
		String svg = new CostChart(List.of(MEASURED)).svg();
		assertThat(svg).contains(">60 ms<", ">75 ms<", ">30 ms<", ">120 ms<", ">40 ms<", ">20 ms<");
		DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
	}

	@Test
	void leavesOutWhatWasNotMeasured() {
		List<String> row = new ArrayList<>(MEASURED);
		row.set(3, "");
		assertThat(new CostChart(List.of(row)).svg()).doesNotContain(">120 ms<").contains(">60 ms<");
	}

	@Test
	void showsWhatIsInWriteAheadLogOnly() {
		List<String> row = new ArrayList<>(MEASURED);
		row.set(0, "10 MB, rollback journal");
		assertThat(new CostChart(List.of(row)).svg()).doesNotContain(">60 ms<");
	}

}
