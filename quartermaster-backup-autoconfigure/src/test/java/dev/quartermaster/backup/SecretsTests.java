/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Secrets}.
 */
class SecretsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					cannot open x.db?password=sesame                       | cannot open x.db?password=***
					HexKey=5e5a&mode=rw                                    | HexKey=***&mode=rw
					no jdbc:x://h/db?sslpassword=sesame&user=b             | no jdbc:x://h/db?sslpassword=***&user=b
					no jdbc:x://h;password={sesame;b c};user=b             | no jdbc:x://h;password=***;user=b
					no jdbc:x://h;password={sesame}} c};user=b             | no jdbc:x://h;password=***;user=b
					no jdbc:x://me:sesame@h:1/db now                       | no jdbc:x://me:***@h:1/db now
					no jdbc:x://me:open@se/same@h/db now                   | no jdbc:x://me:***@h/db now
					no jdbc:x://me:open sesame@h/db now                    | no jdbc:x://me:***@h/db now
					no jdbc:x://sesame@h/db now                            | no jdbc:x://***@h/db now
					jdbc:oracle:thin:me/sesame@//h:1/db                    | jdbc:oracle:thin:me/***@//h:1/db
					file:x.db?key=sesame&hexkey=sesame&textkey=sesame      | file:x.db?key=***&hexkey=***&textkey=***
					x.db?hexrekey=sesame;textrekey=sesame;rekey=sesame     | x.db?hexrekey=***;textrekey=***;rekey=***
					x.db?cipher=chacha20&key=sesame&hexkey_mode=sse        | x.db?cipher=chacha20&key=***&hexkey_mode=sse
					path to 'd/x.db?key=open sesame': 'd' does not exist   | path to 'd/x.db?key=***': 'd' does not exist
					no connection (jdbc:x:d?key=sesame) for user 'me': no  | no connection (jdbc:x:d?key=***) for user 'me': no
					x.db?key=it's a sesame&mode=rw                         | x.db?key=***&mode=rw
					PRAGMA key = 'open''sesame'; SELECT 1                  | PRAGMA key = ***; SELECT 1
					PRAGMA main.hexkey('sesame')                           | PRAGMA main.hexkey(***)
					PRAGMA key="x'5e5a'"                                   | PRAGMA key=***
					--spring.datasource.password=sesame                    | --spring.datasource.password=***
					SPRING_DATASOURCE_PASSWORD=sesame                      | SPRING_DATASOURCE_PASSWORD=***
					in line 3, password: sesame                            | in line 3, password: ***
					{"password":"sesame","user":"me"}                      | {"password":***,"user":"me"}
					libsql://h?authToken=sesame&tls=1                      | libsql://h?authToken=***&tls=1
					no https://a.blob/c/app.db?sv=2024&sig=ab%2Bc%3D now   | no https://a.blob/c/app.db?sv=2024&sig=*** now
					no 'https://a.blob/c?sig=ab+c/d=&se=2026': 403         | no 'https://a.blob/c?sig=***&se=2026': 403
					<Url>https://a.blob/c?sv=2024&amp;sig=abc%3D</Url>     | <Url>https://a.blob/c?sv=2024&amp;sig=***</Url>
					{"url":"https://b/c?sv=2024\\u0026sig=abc%3D"}          | {"url":"https://b/c?sv=2024\\u0026sig=***"}
					GET https://b.s3/k?X-Amz-Date=2026&X-Amz-Signature=5e5a: 403  | GET https://b.s3/k?X-Amz-Date=2026&X-Amz-Signature=***: 403
					https://b.s3/k?X-Amz-Credential=AKIA%2Fs3&X-Amz-Expires=60    | https://b.s3/k?X-Amz-Credential=***&X-Amz-Expires=60
					https://b.s3/k?X-Amz-Security-Token=Iqo%3D&X-Amz-Expires=60   | https://b.s3/k?X-Amz-Security-Token=***&X-Amz-Expires=60
					https://b.s3/k?AWSAccessKeyId=AKIA1&Signature=a%2F&Expires=1  | https://b.s3/k?AWSAccessKeyId=***&Signature=***&Expires=1
					https://b.gcs/k?X-Goog-Signature=5e5a&x=y              | https://b.gcs/k?X-Goog-Signature=***&x=y
					client_secret=sesame&passphrase=sesame&pwd=sesame      | client_secret=***&passphrase=***&pwd=***
					""")
	void areMaskedInAnyText(String text, String masked) {
		assertThat(Secrets.mask(text)).isEqualTo(masked);
	}

	@ParameterizedTest
	@ValueSource(strings = { "no secret", "no jdbc:x://h:1/db now", "/srv/key=1/app.db could not be opened",
			"C:\\key=1\\app.db", "jdbc:sqlite:app.db?foreign_keys=on&journal_mode=WAL", "near \"KEY\": syntax error",
			"unrecognized token: \"@\"", "bean with name 'passwordEncoder': Unsatisfied",
			"com.acme.password.RehashException: row 17 has no salt", "duplicate key: the row is there", "key (id)=(5)",
			"tokenize=porter", "https://host/a@b", "killed with sig=9", "https://host/a?design=5&config=x",
			"signature = (IJ)V", "https://host/sig=1/a", "the Signature=1 is old" })
	void nothingElseIsMasked(String text) {
		assertThat(Secrets.mask(text)).isEqualTo(text);
		assertThat(Secrets.maskUrl(text)).isEqualTo(text);
	}

	@Test
	void endWhereUrlSeparatesParameters() {
		assertThat(Secrets.maskUrl("jdbc:sqlite:file:x.db?key=it's) \"a\": sesame&mode=rw"))
			.isEqualTo("jdbc:sqlite:file:x.db?key=***&mode=rw");
	}

	@Test
	void ofSignedUrlsAreMasked() {
		assertThat(Secrets.maskUrl("https://a.blob/c/?sv=2024&sig=ab%2Bc%3D&se=2026"))
			.isEqualTo("https://a.blob/c/?sv=2024&sig=***&se=2026");
		assertThat(Secrets.maskUrl("https://b.s3/?AWSAccessKeyId=AKIA1&Signature=a%2F/"))
			.isEqualTo("https://b.s3/?AWSAccessKeyId=***&Signature=***");
	}

	@Test
	void areMaskedInWhateverQuotesWhatWasTyped() {
		List<String> words = List.of("list", "--password", "sesame", "--url=jdbc:sqlite:x.db?key=it's) a: sesame");
		assertThat(Secrets.mask("Unknown options: '--password', 'sesame', '--url=jdbc:sqlite:x.db?key=it's) a: sesame'",
				words))
			.isEqualTo("Unknown options: '--password', '***', '--url=jdbc:sqlite:x.db?key=***'");
		assertThat(Secrets.mask("Bad value 'jdbc:sqlite:x.db?key=it's) a: sesame'", words))
			.isEqualTo("Bad value 'jdbc:sqlite:x.db?key=***'");
	}

	@Test
	void areMaskedInTraces() {
		SQLException failure = new SQLException("no x.db?key=sesame",
				new IllegalStateException("no jdbc:x://me:sesame@h"));
		failure.addSuppressed(new IllegalStateException("pwd=sesame"));
		StringWriter trace = new StringWriter();
		Secrets.mask(failure).printStackTrace(new PrintWriter(trace));
		assertThat(trace.toString()).startsWith("java.sql.SQLException: no x.db?key=***" + System.lineSeparator())
			.contains("Caused by: java.lang.IllegalStateException: no jdbc:x://me:***@h",
					"Suppressed: java.lang.IllegalStateException: pwd=***",
					"\tat " + SecretsTests.class.getName() + ".areMaskedInTraces(")
			.doesNotContain("sesame");
		SQLException clean = new SQLException("no", new IllegalStateException());
		assertThat(Secrets.mask(clean)).isSameAs(clean);
	}

	@Test
	void areMaskedHoweverLongTheyAre() {
		assertThat(Secrets.mask("SET token = '" + "a".repeat(50_000) + "'; SELECT 1"))
			.isEqualTo("SET token = ***; SELECT 1");
	}

	@Test
	void areMaskedInExceptionsThatLeadToEachOther() {
		IllegalStateException first = new IllegalStateException("key=sesame");
		IllegalStateException second = new IllegalStateException("second", first);
		first.addSuppressed(second);
		assertThat(Secrets.mask(second)).hasMessage("second")
			.cause()
			.hasMessage("key=***")
			.extracting(Throwable::getSuppressed)
			.isEqualTo(new Throwable[0]);
	}

}
