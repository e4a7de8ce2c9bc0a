/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotContents}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SnapshotContentsTests {

	@TempDir
	Path directory;

	private Path database;

	private SqliteBackupService service;

	private SnapshotContents contents;

	private Snapshot snapshot;

	@BeforeEach
	void takeSnapshot() {
		this.database = TestDatabase.create(this.directory.resolve("stock.db"), 500);
		SqliteBackupRegistry registry = registry(this.database, this.directory.resolve("other.db"));
		this.service = registry.named("stock");
		this.contents = new SnapshotContents(registry);
		this.snapshot = ((BackupResult.Created) this.service.backup("smoke test")).snapshot();
	}

	@Test
	void checksumIsThatOfTheContent() throws Exception {
		try (OpenSnapshot open = open()) {
			assertThat(open.sha256()).isEqualTo(sha256(this.snapshot.file()))
				.isEqualTo(SnapshotManifests.find(this.snapshot).orElseThrow().sha256());
			assertThat(open.size()).isEqualTo(this.snapshot.size());
		}
	}

	@Test
	void readsAnyPart() throws IOException {
		byte[] all = Files.readAllBytes(this.snapshot.file());
		try (OpenSnapshot open = open()) {
			assertThat(read(open.read(0, open.size()))).isEqualTo(all);
		}
		try (OpenSnapshot open = open()) {
			assertThat(read(open.read(100, 5000))).isEqualTo(Arrays.copyOfRange(all, 100, 5100));
		}
	}

	@Test
	void staysWholeForWhoeverReadsItWhenItIsRemoved() throws IOException {
		byte[] all = Files.readAllBytes(this.snapshot.file());
		try (OpenSnapshot open = open()) {
			Files.delete(this.snapshot.file());
			assertThat(read(open.read(0, open.size()))).isEqualTo(all);
		}
		assertThat(this.contents.open(this.snapshot)).isEmpty();
	}

	@Test
	void snapshotThatBecomesShorterIsNoWholeOne() throws IOException {
		try (OpenSnapshot open = open();
				FileChannel file = FileChannel.open(this.snapshot.file(), StandardOpenOption.WRITE)) {
			file.truncate(4096);
			assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(open.read(0, open.size())));
		}
	}

	@Test
	void checksumIsNotThatOfManifestWhichWasEdited(CapturedOutput output) throws Exception {
		Path manifest = this.snapshot.file().resolveSibling(this.snapshot.name() + ".json");
		String claimed = "f".repeat(64);
		Files.writeString(manifest, Files.readString(manifest).replace(sha256(this.snapshot.file()), claimed));
		assertThat(SnapshotManifests.find(this.snapshot).orElseThrow().sha256()).isEqualTo(claimed);
		try (OpenSnapshot open = open()) {
			assertThat(open.sha256()).isEqualTo(sha256(this.snapshot.file()));
		}
		assertThat(output).contains("The snapshot " + this.snapshot.file() + " is not what its manifest says");
	}

	@Test
	void checksumIsOfTheContentThatThereIsNow(CapturedOutput output) throws Exception {
		open().close();
		assertThat(output).doesNotContain("is not what its manifest says");
		TestDatabase.overwrite(this.snapshot.file(), 5000, (byte) 7);
		try (OpenSnapshot open = open()) {
			assertThat(open.sha256()).isEqualTo(sha256(this.snapshot.file()));
		}
		assertThat(output).contains("is not what its manifest says");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stock.db", "other.db" })
	void liveDatabaseUnderNameOfSnapshotIsNotOpened(String name) throws IOException {
		TestDatabase.create(this.directory.resolve("other.db"), 3);
		Path link = this.snapshot.file().resolveSibling("stock-20260103-120000-link.db");
		Files.createLink(link, this.directory.resolve(name));
		Snapshot linked = this.service.find(link.getFileName().toString()).orElseThrow();
		assertThatExceptionOfType(LiveSnapshotException.class).isThrownBy(() -> this.contents.open(linked))
			.withMessageContaining("is no snapshot any more, but the live database " + this.directory.resolve(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-wal", "-shm", "-journal" })
	void whatSomebodyHasOpenedAsDatabaseIsNotOpened(String companion) throws IOException {
		Files.createFile(this.snapshot.file().resolveSibling(this.snapshot.name() + companion));
		assertThatExceptionOfType(LiveSnapshotException.class).isThrownBy(() -> this.contents.open(this.snapshot))
			.withMessageContaining(this.snapshot.name() + companion + " beside it");
	}

	@Test
	void linkInPlaceOfSnapshotIsNotFollowed() throws IOException {
		Files.delete(this.snapshot.file());
		Files.createSymbolicLink(this.snapshot.file(), TestDatabase.create(this.directory.resolve("secret.db"), 3));
		assertThat(this.contents.open(this.snapshot)).isEmpty();
	}

	private OpenSnapshot open() {
		return this.contents.open(this.snapshot).orElseThrow();
	}

	private static byte[] read(ReadableByteChannel channel) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		Channels.newInputStream(channel).transferTo(bytes);
		return bytes.toByteArray();
	}

	private static String sha256(Path file) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
	}

	private static SqliteBackupRegistry registry(Path stock, Path other) {
		Map<String, DataSource> dataSources = Map.of("stock", dataSource(stock), "other", dataSource(other));
		return new SqliteBackupRegistry(new DatabaseCandidates() {

			@Override
			public Map<String, DataSource> dataSources() {
				return dataSources;
			}

			@Override
			public Map<String, SqliteBackupService> services() {
				return Map.of();
			}

		}, BackupSettings.DEFAULTS, BackupListener.NONE);
	}

	private static DataSource dataSource(Path file) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl(TestDatabase.url(file));
		return dataSource;
	}

}
