/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Chart of what a snapshot costs beside other ways to copy a database, as SVG that can be
 * read on light and on dark. It shows what is in the table of the page of the costs, for
 * databases in WAL mode.
 */
final class CostChart {

	/**
	 * The columns of the table, without that of the databases.
	 */
	static final List<String> COLUMNS = List.of("unchecked", "of `.backup`", "of Python", "of `VACUUM INTO`",
			"of `backup to`", "of `dd`", "checked", "of `.backup` and check");

	private static final List<Bar> BARS = List.of(new Bar("snapshot, checked", "checked", null),
			new Bar(".backup and quick_check", "checked", "of `.backup` and check"),
			new Bar("snapshot, unchecked", "unchecked", null), new Bar(".backup", "unchecked", "of `.backup`"),
			new Bar("backup to (sqlite-jdbc)", "unchecked", "of `backup to`"),
			new Bar("VACUUM INTO", "unchecked", "of `VACUUM INTO`"),
			new Bar("Connection.backup (Python)", "unchecked", "of Python"),
			new Bar("dd, if nobody writes", "unchecked", "of `dd`"));

	private static final String MODE = ", WAL";

	private static final int NAMES = 210;

	private static final int PANEL = 220;

	private static final int LONGEST = 135;

	private static final int ROW = 24;

	private static final int TOP = 66;

	private final List<List<String>> rows;

	/**
	 * Create a new instance.
	 * @param rows the rows of the table
	 */
	CostChart(List<List<String>> rows) {
		this.rows = rows.stream().filter((row) -> row.get(0).endsWith(MODE)).toList();
	}

	String svg() {
		int width = NAMES + this.rows.size() * PANEL;
		int height = TOP + BARS.size() * ROW + 14;
		StringBuilder svg = new StringBuilder("""
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
				aria-labelledby="title">
				<title id="title">Time of one snapshot beside other ways to copy a database in WAL mode</title>
				<style>
				text { font: 13px system-ui, sans-serif; fill: #1f2328; }
				.title { font-weight: 600; }
				.page { fill: #ffffff; stroke: #d1d9e0; }
				.ours { fill: #1a7f64; }
				.other { fill: #9aa4af; }
				@media (prefers-color-scheme: dark) {
				text { fill: #e6edf3; }
				.page { fill: #0d1117; stroke: #3d444d; }
				.ours { fill: #3fb990; }
				.other { fill: #6b7682; }
				}
				</style>
				<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>
				<text class="title" x="16" y="26">Time until a copy is on disk, in WAL mode (shorter is better)</text>
				""".formatted(width, height, width, height, width - 1, height - 1));
		for (int bar = 0; bar < BARS.size(); bar++) {
			svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n".formatted(NAMES - 10, baseline(bar),
					BARS.get(bar).name));
		}
		IntStream.range(0, this.rows.size()).forEach((panel) -> draw(panel, this.rows.get(panel), svg));
		return svg.append("</svg>\n").toString();
	}

	private static void draw(int panel, List<String> row, StringBuilder svg) {
		int left = NAMES + panel * PANEL;
		svg.append("<text class=\"title\" x=\"%d\" y=\"52\">%s</text>\n".formatted(left,
				row.get(0).substring(0, row.get(0).length() - MODE.length())));
		double longest = BARS.stream()
			.map((bar) -> bar.millis(row))
			.flatMapToDouble(OptionalDouble::stream)
			.max()
			.orElse(1);
		for (int i = 0; i < BARS.size(); i++) {
			Bar bar = BARS.get(i);
			OptionalDouble millis = bar.millis(row);
			if (millis.isPresent()) {
				double length = Math.max(1, millis.getAsDouble() / longest * LONGEST);
				svg.append(String.format(Locale.ROOT,
						"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n",
						(bar.ratio != null) ? "other" : "ours", left, baseline(i) - 13, length, ROW - 7));
				svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", left + length + 6,
						baseline(i), Report.millis(millis.getAsDouble())));
			}
		}
	}

	private static int baseline(int bar) {
		return TOP + bar * ROW + 15;
	}

	/**
	 * A way to copy a database.
	 *
	 * @param name what it is called
	 * @param time the column of the time of a snapshot
	 * @param ratio the column of the ratio of that to the time of this way, or
	 * {@code null} if it is the snapshot itself
	 */
	private record Bar(String name, String time, @Nullable String ratio) {

		/**
		 * Return the time, or nothing if it was not measured.
		 */
		OptionalDouble millis(List<String> row) {
			double snapshot = number(row, this.time);
			double millis = (this.ratio != null) ? snapshot / number(row, this.ratio) : snapshot;
			return Double.isFinite(millis) ? OptionalDouble.of(millis) : OptionalDouble.empty();
		}

		private static double number(List<String> row, String column) {
			String cell = row.get(1 + COLUMNS.indexOf(column)).replace(" ms", "").replace(",", "");
			return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
		}

	}

}
