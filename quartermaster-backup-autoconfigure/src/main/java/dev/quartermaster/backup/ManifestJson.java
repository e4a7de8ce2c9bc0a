/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The JSON of manifests, written and read by SQLite's own functions in a database in
 * memory. For use by one thread at a time.
 *
 * @see <a href="https://www.sqlite.org/json1.html">JSON functions</a>
 */
final class ManifestJson implements AutoCloseable {

	private static final String LINE_END = "\n";

	/**
	 * Every value with its path, in the order in which they are written.
	 */
	private static final List<String> VALUES = List.of("format", "reason", "database.name", "database.path",
			"installation", "takenAt", "application.name", "application.version", "schema.version", "schema.tool",
			"schema.histories", "sqlite", "journalMode", "pages", "pageSize", "bytes", "sha256", "verification.mode",
			"verification.outcome", "verification.detail", "durations.copyMillis", "durations.checkMillis",
			"durations.wholeMillis", "corruptSeenAt");

	/**
	 * From SQLite 3.54 on, what a subquery returns is text, and no JSON any more.
	 */
	private static final String WRITE = """
			SELECT json_pretty(json_patch('{}', json_object('format', ?1, 'reason', ?2,
			    'database', json_object('name', ?3, 'path', ?4), 'installation', ?5, 'takenAt', ?6,
			    'application', json_object('name', ?7, 'version', ?8),
			    'schema', json_object('version', ?9, 'tool', ?10, 'histories', ?24,
			        'pending', json((SELECT json_group_array(value) FROM pending))),
			    'sqlite', ?11, 'journalMode', ?12, 'pages', ?13, 'pageSize', ?14, 'bytes', ?15, 'sha256', ?16,
			    'rows', json((SELECT json_group_object(name, number) FROM rows)),
			    'verification', json_object('mode', ?17, 'outcome', ?18, 'detail', ?19),
			    'durations', json_object('copyMillis', ?20, 'checkMillis', ?21, 'wholeMillis', ?22),
			    'corruptSeenAt', ?23)))
			""";

	private final SQLiteConnection connection;

	private final PreparedStatement values;

	private final PreparedStatement members;

	private ManifestJson(SQLiteConnection connection) throws SQLException {
		this.connection = connection;
		this.values = connection.prepareStatement(
				"SELECT " + String.join(", ", VALUES.stream().map((path) -> "json ->> '$." + path + "'").toList())
						+ " FROM (SELECT ?1 AS json) WHERE json_valid(json)");
		this.members = connection.prepareStatement("SELECT key, atom FROM json_each(?1, ?2)");
	}

	/**
	 * Open a database in memory.
	 * @return it, to be closed
	 */
	static ManifestJson open() throws SQLException {
		SQLiteConnection connection = SqliteConnections.openInMemory();
		try {
			return new ManifestJson(connection);
		}
		catch (SQLException ex) {
			try (connection) {
				throw ex;
			}
		}
	}

	/**
	 * Return the text of a manifest, of which there is not more than can be read again,
	 * and which is never as long as whole pages of a database, see
	 * {@link OwnFile#readWhole}.
	 */
	static String text(SnapshotManifest manifest) throws SQLException {
		try (ManifestJson json = open()) {
			String text = json.write(manifest) + LINE_END;
			if (length(text) >= SnapshotManifest.MAX_BYTES) {
				text = json.write(manifest.withoutLists()) + LINE_END;
			}
			return OwnFile.mayBeWholePages(length(text)) ? text + LINE_END : text;
		}
	}

	private static int length(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	/**
	 * Return a manifest as JSON.
	 */
	String write(SnapshotManifest manifest) throws SQLException {
		fill("pending (value)", manifest.schema().pending().stream().map((change) -> new Object[] { change }).toList());
		fill("rows (name, number)",
				manifest.rows()
					.entrySet()
					.stream()
					.map((table) -> new Object[] { table.getKey(), table.getValue() })
					.toList());
		try (PreparedStatement statement = this.connection.prepareStatement(WRITE)) {
			bind(statement, SnapshotManifest.FORMAT, manifest.reason(), manifest.database().name(),
					manifest.database().path(), manifest.installation(), manifest.takenAt(),
					manifest.application().name(), manifest.application().version(), manifest.schema().version(),
					manifest.schema().tool(), manifest.sqlite(), manifest.journalMode(), manifest.pages(),
					manifest.pageSize(), manifest.bytes(), manifest.sha256(),
					manifest.verification().mode().name().toLowerCase(Locale.ROOT), manifest.verification().outcome(),
					manifest.verification().detail(), manifest.durations().copy().toMillis(),
					manifest.durations().check().toMillis(), manifest.durations().whole().toMillis(),
					manifest.corruptSeenAt(), manifest.schema().histories());
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return result.getString(1);
			}
		}
	}

	private void fill(String table, List<Object[]> rows) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute("DROP TABLE IF EXISTS " + table.substring(0, table.indexOf(' ')));
			statement.execute("CREATE TABLE " + table);
		}
		if (rows.isEmpty()) {
			return;
		}
		try (PreparedStatement insert = this.connection.prepareStatement("INSERT INTO " + table + " VALUES ("
				+ String.join(", ", Collections.nCopies(rows.get(0).length, "?")) + ")")) {
			for (Object[] row : rows) {
				bind(insert, row);
				insert.executeUpdate();
			}
		}
	}

	private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
		for (int i = 0; i < values.length; i++) {
			Object value = values[i];
			statement.setObject(i + 1, (value == null || value instanceof Number) ? value : value.toString());
		}
	}

	/**
	 * Read a manifest.
	 * @param json the text of its file; anything at all
	 * @param withLists whether what may be of any length is read, too, see
	 * {@link SnapshotManifest#withoutLists()}
	 * @return the manifest
	 * @throws SQLException if there is something wrong with SQLite
	 * @throws IllegalArgumentException if it is no manifest, or one of a later format
	 */
	SnapshotManifest read(String json, boolean withLists) throws SQLException {
		Values read = values(json);
		long format = read.number("format");
		if (format != SnapshotManifest.FORMAT) {
			throw new IllegalArgumentException("it has the format " + format);
		}
		try {
			return new SnapshotManifest(read.text("reason"),
					new SnapshotManifest.Database(read.text("database.name"), read.text("database.path")),
					read.installation(), OffsetDateTime.parse(read.text("takenAt")),
					new ApplicationRelease(read.textOrNull("application.name"), read.textOrNull("application.version")),
					new SnapshotManifest.Schema(read.textOrNull("schema.version"), read.textOrNull("schema.tool"),
							read.textOrNull("schema.histories"),
							withLists ? texts(json, "$.schema.pending") : List.of()),
					read.textOrNull("sqlite"), read.textOrNull("journalMode"), read.number("pages"),
					read.number("pageSize"), read.number("bytes"), read.textOrNull("sha256"),
					withLists ? numbers(json, "$.rows") : Map.of(),
					new SnapshotManifest.Check(
							VerificationMode.valueOf(read.text("verification.mode").toUpperCase(Locale.ROOT)),
							read.text("verification.outcome"), read.text("verification.detail")),
					new SnapshotManifest.Durations(read.millis("durations.copyMillis"),
							read.millis("durations.checkMillis"), read.millis("durations.wholeMillis")),
					read.timeOrNull("corruptSeenAt"));
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	private Values values(String json) throws SQLException {
		this.values.setString(1, json);
		try (ResultSet result = this.values.executeQuery()) {
			if (!result.next()) {
				throw new IllegalArgumentException("it is no JSON");
			}
			Map<String, Object> values = new HashMap<>();
			for (int i = 0; i < VALUES.size(); i++) {
				Object value = result.getObject(i + 1);
				if (value != null) {
					values.put(VALUES.get(i), value);
				}
			}
			return new Values(values);
		}
	}

	private List<String> texts(String json, String path) throws SQLException {
		List<String> texts = new ArrayList<>();
		for (Map.Entry<String, Object> member : members(json, path)) {
			texts.add(Values.require(member.getValue(), String.class, path));
		}
		return texts;
	}

	private Map<String, Long> numbers(String json, String path) throws SQLException {
		Map<String, Long> numbers = new HashMap<>();
		for (Map.Entry<String, Object> member : members(json, path)) {
			numbers.put(member.getKey(), Values.require(member.getValue(), Number.class, path).longValue());
		}
		return numbers;
	}

	private List<Map.Entry<String, Object>> members(String json, String path) throws SQLException {
		List<Map.Entry<String, Object>> members = new ArrayList<>();
		this.members.setString(1, json);
		this.members.setString(2, path);
		try (ResultSet result = this.members.executeQuery()) {
			while (result.next()) {
				Object value = result.getObject(2);
				members.add(Map.entry(String.valueOf(result.getString(1)), (value != null) ? value : "null"));
			}
		}
		return members;
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

	/**
	 * The values of one manifest by their paths.
	 */
	private record Values(Map<String, Object> values) {

		String text(String path) {
			return require(this.values.get(path), String.class, path);
		}

		@Nullable String textOrNull(String path) {
			return this.values.containsKey(path) ? text(path) : null;
		}

		long number(String path) {
			Number number = require(this.values.get(path), Number.class, path);
			if (number instanceof Double || number.longValue() < 0) {
				throw new IllegalArgumentException("its " + path + " is " + number);
			}
			return number.longValue();
		}

		Duration millis(String path) {
			return Duration.ofMillis(number(path));
		}

		@Nullable OffsetDateTime timeOrNull(String path) {
			String text = textOrNull(path);
			return (text != null) ? OffsetDateTime.parse(text) : null;
		}

		@Nullable UUID installation() {
			String text = textOrNull("installation");
			return (text != null) ? UUID.fromString(text) : null;
		}

		static <T> T require(@Nullable Object value, Class<T> type, String path) {
			if (!type.isInstance(value)) {
				throw new IllegalArgumentException(
						(value == null) ? "it has no " + path : "its " + path + " is " + value);
			}
			return type.cast(value);
		}

	}

}
