/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The JSON of planned restores, written and read by SQLite's own functions like that of
 * manifests.
 *
 * @param path the absolute path of the database
 * @param fromHere its path as seen from the directory of the file, or {@code null} if it
 * lies elsewhere
 * @param snapshot the path of the snapshot, relative to the directory of the file if it
 * lies in it
 * @param bytes how many bytes the snapshot has
 * @param sha256 its SHA-256
 * @param forced whether it was forced
 * @param plannedAt when it was planned
 * @param plannedBy by whom, or {@code null}
 * @param kept the path of the snapshot of what was there before, like that of the
 * snapshot, or {@code null}
 * @param failure why it was not carried out, or {@code null}
 */
record PlannedRestoreJson(String path, @Nullable String fromHere, String snapshot, long bytes, String sha256,
		boolean forced, OffsetDateTime plannedAt, @Nullable String plannedBy, @Nullable String kept,
		@Nullable String failure) {

	/**
	 * More than one has.
	 */
	static final int MAX_BYTES = 64 * 1024;

	private static final int FORMAT = 1;

	private static final String BESIDE = "..";

	private static final String LINE_END = "\n";

	private static final String WRITE = """
			SELECT json_pretty(json_patch('{}', json_object('format', ?1,
			    'database', json_object('path', ?2, 'fromHere', ?3),
			    'snapshot', json_object('path', ?4, 'bytes', ?5, 'sha256', ?6),
			    'forced', json(?7), 'plannedAt', ?8, 'plannedBy', ?9, 'kept', ?10,
			    'failure', ?11)))
			""";

	private static final String READ = """
			SELECT json ->> '$.format', json ->> '$.database.path', json ->> '$.database.fromHere',
			    json ->> '$.snapshot.path', json ->> '$.snapshot.bytes', json ->> '$.snapshot.sha256',
			    json ->> '$.forced', json ->> '$.plannedAt', json ->> '$.plannedBy', json ->> '$.kept',
			    json ->> '$.failure'
			FROM (SELECT ?1 AS json) WHERE json_valid(json)
			""";

	/**
	 * Return the text of the file, which is never as long as whole pages of a database,
	 * see {@link OwnFile#readWhole}.
	 */
	String text() throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openInMemory();
				PreparedStatement statement = connection.prepareStatement(WRITE)) {
			@Nullable Object[] values = { FORMAT, this.path, this.fromHere, this.snapshot, this.bytes, this.sha256,
					String.valueOf(this.forced), this.plannedAt.toString(), this.plannedBy, this.kept, this.failure };
			for (int i = 0; i < values.length; i++) {
				statement.setObject(i + 1, values[i]);
			}
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				String text = result.getString(1) + LINE_END;
				return OwnFile.mayBeWholePages(text.getBytes(StandardCharsets.UTF_8).length) ? text + LINE_END : text;
			}
		}
	}

	/**
	 * Write it to a file that has no name of ours yet.
	 * @param directory where to write it
	 * @param model the file whose owner it is to have
	 * @return the file, on disk, to be closed
	 */
	PartialFile stage(Path directory, Path model) throws IOException {
		PartialFile staged = PartialFile.create(directory, model);
		try (FileChannel channel = FileChannel.open(staged.path(), StandardOpenOption.WRITE)) {
			DurableFiles.write(channel, text());
			return staged;
		}
		catch (IOException | SQLException ex) {
			try (staged) {
				throw (ex instanceof IOException io) ? io : new IOException(ex.getMessage(), ex);
			}
		}
	}

	/**
	 * Read a file.
	 * @throws IOException if it cannot be read, is no planned restore or one of a later
	 * format
	 */
	static PlannedRestoreJson read(Path file) throws IOException {
		return read(OwnFile.readWhole(file, MAX_BYTES));
	}

	/**
	 * Read the text of a file.
	 * @throws IOException if it is no planned restore or one of a later format
	 */
	static PlannedRestoreJson read(String text) throws IOException {
		try (SQLiteConnection connection = SqliteConnections.openInMemory();
				PreparedStatement statement = connection.prepareStatement(READ)) {
			statement.setString(1, text);
			try (ResultSet result = statement.executeQuery()) {
				if (!result.next()) {
					throw new IOException("it is no JSON");
				}
				if (result.getInt(1) != FORMAT) {
					throw new IOException("it has the format " + result.getString(1));
				}
				return new PlannedRestoreJson(text(result, 2), result.getString(3), text(result, 4), result.getLong(5),
						text(result, 6), result.getBoolean(7), OffsetDateTime.parse(text(result, 8)),
						result.getString(9), result.getString(10), result.getString(11));
			}
		}
		catch (SQLException | DateTimeException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private static String text(ResultSet result, int column) throws SQLException, IOException {
		@Nullable String text = result.getString(column);
		if (text == null) {
			throw new IOException("it is incomplete");
		}
		return text;
	}

	/**
	 * Return the JSON of a plan.
	 * @param directory where it is going to lie
	 */
	static PlannedRestoreJson of(PlannedRestore plan, Path directory) {
		Path here = RealPath.of(directory);
		Path file = RealPath.of(plan.database());
		Path beside = here.getParent();
		String fromHere = (beside != null && file.startsWith(beside))
				? Path.of(BESIDE).resolve(beside.relativize(file)).toString() : null;
		Path kept = plan.kept();
		return new PlannedRestoreJson(file.toString(), fromHere, seenFrom(here, plan.snapshot()), plan.bytes(),
				plan.sha256(), plan.forced(), plan.plannedAt(), plan.plannedBy(),
				(kept != null) ? seenFrom(here, kept) : null, plan.failure());
	}

	private static String seenFrom(Path here, Path snapshot) {
		Path file = RealPath.of(snapshot);
		return (file.startsWith(here) ? here.relativize(file) : file).toString();
	}

	/**
	 * Return the plan.
	 * @param directory where the file lies
	 * @param database the file of the database that it lies with
	 * @param stage how far it has come
	 */
	PlannedRestore toPlan(Path directory, Path database, PlannedRestore.Stage stage) throws IOException {
		try {
			Path here = RealPath.of(directory);
			return new PlannedRestore(isOf(database, directory) ? database : Path.of(this.path),
					here.resolve(this.snapshot), this.bytes, this.sha256, this.forced, this.plannedAt, this.plannedBy,
					stage, (this.kept != null) ? here.resolve(this.kept) : null, this.failure);
		}
		catch (InvalidPathException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	/**
	 * Return whether it is of a database.
	 * @param database the file of the database
	 * @param directory where the file lies
	 */
	boolean isOf(Path database, Path directory) {
		Path real = RealPath.of(database);
		return databases(directory).stream().anyMatch((path) -> RealPath.of(path).equals(real));
	}

	/**
	 * Return whether it is of a database that is not there.
	 * @param directory where the file lies
	 */
	boolean isOfNone(Path directory) {
		return databases(directory).stream().allMatch(FileState::isKnownToBeEmpty);
	}

	private List<Path> databases(Path directory) {
		try {
			Path file = Path.of(this.path);
			return (this.fromHere != null) ? List.of(file, RealPath.of(directory).resolve(this.fromHere))
					: List.of(file);
		}
		catch (InvalidPathException ex) {
			return List.of();
		}
	}

}
