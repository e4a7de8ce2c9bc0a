/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whatever is damaged in a database, its backup ends in one of few ways, and
 * says so: sound (nothing that SQLite minds), corrupt, not a database, or nothing there.
 */
class RandomDamageTests {

	private static final int PAGE = 4096;

	private static final int HEADER = 100;

	private static final int FREELIST_TRUNK = 32;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(Damage.class)
	void endsInOneOfTheWaysThatAreToldApart(Damage damage) throws IOException {
		Path intact = create(this.temp.resolve("intact.db"));
		byte[] withoutView = Files.readAllBytes(intact);
		// With it, SQLite itself does not account for the pages.
		TestDatabase.execute(intact, "CREATE VIEW last AS SELECT name FROM item");
		byte[] withView = Files.readAllBytes(intact);
		Path database = this.temp.resolve("app.db");
		Path directory = this.temp.resolve("backups");
		Random random = Campaign.random(damage);
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < Campaign.scale("damages", 8); i++) {
			byte[] damaged = damage.inflict(((i % 2 == 0) ? withView : withoutView).clone(), random);
			for (VerificationMode mode : List.of(VerificationMode.QUICK, VerificationMode.FULL)) {
				Files.write(database, damaged);
				String answer = backUp(database, mode);
				answers.merge(answer, 1, Integer::sum);
				if (damage.neverHarmless) {
					assertThat(answer).as("%s check of %s bytes", mode, damaged.length).isNotEqualTo("sound");
				}
				BackupDirectory.remove(directory);
				for (String suffix : List.of("-wal", "-shm", "-journal")) {
					Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
				}
			}
		}
		Campaign.tell("%s: %s", damage, answers);
	}

	private static String backUp(Path database, VerificationMode mode) {
		Path directory = database.resolveSibling("backups");
		try {
			BackupResult result = BackupServices
				.service(SqliteDatabase.of(database), BackupServices.settings(directory, mode))
				.backup("x");
			assertThat(BackupDirectory.leftovers(directory)).isEmpty();
			if (result instanceof BackupResult.Created created) {
				assertThat(created.snapshot().file()).isNotEmptyFile();
				assertThat(created.verification()).as(created.verification().summary())
					.isInstanceOfAny(Verification.Sound.class, Verification.Corrupt.class);
				if (created.verification() instanceof Verification.Sound) {
					TestDatabase.execute(created.snapshot().file(), "DROP VIEW IF EXISTS last");
					assertThat(TestDatabase.query(created.snapshot().file(),
							(mode == VerificationMode.QUICK) ? "PRAGMA quick_check" : "PRAGMA integrity_check"))
						.containsExactly("ok");
				}
				return created.verification().status();
			}
			assertThat(result).isInstanceOf(BackupResult.NothingToBackUp.class);
			// To SQLite a single byte is an empty file as well.
			assertThat(database.toFile().length()).isLessThanOrEqualTo(1);
			return "nothing to back up";
		}
		catch (NotADatabaseException ex) {
			BackupDirectory.assertClear(ex);
			assertThat(ex.getMessage()).contains(database.toString(), "restore a snapshot");
			assertThat(BackupDirectory.published(directory)).isEmpty();
			assertThat(BackupDirectory.leftovers(directory)).isEmpty();
			return "not a database";
		}
	}

	/**
	 * Make one that has pages of all kinds.
	 */
	private static Path create(Path file) {
		TestDatabase.create(file, 4000, "page_size = " + PAGE);
		TestDatabase.execute(file, "CREATE INDEX item_name ON item (name)",
				"CREATE TABLE attachment (id INTEGER PRIMARY KEY, content BLOB NOT NULL CHECK (content > 0))",
				"INSERT INTO attachment SELECT id, randomblob(20000) FROM item WHERE id <= 20",
				"CREATE TABLE old (content BLOB)", "INSERT INTO old SELECT randomblob(3000) FROM item LIMIT 100",
				"DROP TABLE old", "CREATE TABLE empty (id TEXT PRIMARY KEY) WITHOUT ROWID");
		return file;
	}

	@Test
	void hasPagesOfAllKinds() throws IOException {
		byte[] intact = Files.readAllBytes(create(this.temp.resolve("intact.db")));
		assertThat(Damage.pagesOfType(intact, 2)).as("index interior").isNotEmpty();
		assertThat(Damage.pagesOfType(intact, 5)).as("table interior").isNotEmpty();
		assertThat(Damage.pagesOfType(intact, 10)).as("index leaves").isNotEmpty();
		assertThat(Damage.pagesOfType(intact, 13)).as("table leaves").isNotEmpty();
		assertThat(ByteBuffer.wrap(intact).getInt(FREELIST_TRUNK)).as("freelist").isPositive();
	}

	/**
	 * What happens to the bytes of a database.
	 */
	private enum Damage {

		HEADER_BITS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				return flip(database, 0, HEADER, random);
			}

		},

		HEADER_BYTES(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				database[random.nextInt(HEADER)] = (byte) random.nextInt(256);
				return database;
			}

		},

		SCHEMA_BITS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				return flip(database, HEADER, PAGE - HEADER, random);
			}

		},

		INTERIOR_BITS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int[] pages = pagesOfType(database, random.nextBoolean() ? 2 : 5);
				// The head of the page and its first cells' places, or its last cells.
				int from = random.nextBoolean() ? 0 : PAGE - 24;
				return flip(database, pages[random.nextInt(pages.length)] * PAGE + from, 24, random);
			}

		},

		LEAF_BITS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int[] pages = pagesOfType(database, random.nextBoolean() ? 10 : 13);
				return flip(database, pages[random.nextInt(pages.length)] * PAGE, PAGE, random);
			}

		},

		CELL_POINTERS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int[] pages = pagesOfType(database, random.nextBoolean() ? 10 : 13);
				return flip(database, pages[random.nextInt(pages.length)] * PAGE, 32, random);
			}

		},

		ANY_BITS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				for (int i = random.nextInt(100); i >= 0; i--) {
					flip(database, 0, database.length, random);
				}
				return database;
			}

		},

		FREELIST_TRUNK_POINTER(true) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int trunk = ByteBuffer.wrap(database).getInt(FREELIST_TRUNK);
				int other = random.nextInt();
				ByteBuffer.wrap(database).putInt(FREELIST_TRUNK, (other != trunk) ? other : 1);
				return database;
			}

		},

		FREE_PAGE_IN_USE(true) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				ByteBuffer bytes = ByteBuffer.wrap(database);
				int entry = (bytes.getInt(FREELIST_TRUNK) - 1) * PAGE + 8 + 4 * random.nextInt(10);
				// A free page may still look like one in use, the one in this entry too.
				int[] used = IntStream.of(pagesOfType(database, random.nextBoolean() ? 10 : 13))
					.filter((page) -> page + 1 != bytes.getInt(entry))
					.toArray();
				bytes.putInt(entry, used[random.nextInt(used.length)] + 1);
				return database;
			}

		},

		FREELIST_TRUNK_PAGE(true) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int trunk = ByteBuffer.wrap(database).getInt(FREELIST_TRUNK);
				ByteBuffer.wrap(database)
					.putInt((trunk - 1) * PAGE + 4 * random.nextInt(3), random.nextInt() | 0x4000_0000);
				return database;
			}

		},

		TRUNCATED(true) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int size = random.nextInt(random.nextBoolean() ? database.length : 2 * HEADER);
				return Arrays.copyOf(database, size);
			}

		},

		PAGE_OF_ZEROS(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				int page = random.nextInt(database.length / PAGE);
				Arrays.fill(database, page * PAGE, (page + 1) * PAGE, (byte) 0);
				return database;
			}

		},

		PAGE_OF_GARBAGE(false) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				byte[] garbage = new byte[PAGE];
				random.nextBytes(garbage);
				System.arraycopy(garbage, 0, database, random.nextInt(database.length / PAGE) * PAGE, PAGE);
				return database;
			}

		},

		GARBAGE(true) {

			@Override
			byte[] inflict(byte[] database, Random random) {
				byte[] garbage = new byte[random.nextInt(3 * PAGE)];
				random.nextBytes(garbage);
				return garbage;
			}

		};

		private final boolean neverHarmless;

		Damage(boolean neverHarmless) {
			this.neverHarmless = neverHarmless;
		}

		abstract byte[] inflict(byte[] database, Random random);

		static int[] pagesOfType(byte[] database, int type) {
			return IntStream.range(1, database.length / PAGE).filter((page) -> database[page * PAGE] == type).toArray();
		}

		private static byte[] flip(byte[] database, int from, int length, Random random) {
			database[from + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
			return database;
		}

	}

}
