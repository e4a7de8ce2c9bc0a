/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * A real object store that speaks the protocol of S3, as a process of its own, and the
 * client of Spring Cloud AWS. The client is not on the class path of the tests, where
 * every application would be configured for it, but in a class loader of its own.
 */
public final class ObjectStore implements AutoCloseable {

	/**
	 * The bucket that there is.
	 */
	public static final String BUCKET = "bucket";

	private static final Path DIRECTORY = Path.of("target", "object-store");

	private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

	private final HttpClient client = HttpClient.newHttpClient();

	private final Process process;

	private final int port;

	private ObjectStore(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Start one, which is ready when this returns.
	 */
	public static ObjectStore start(Path directory) {
		try {
			int port = freePort();
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m", "-Xshare:auto",
					"-Djava.io.tmpdir=" + directory, "-jar", DIRECTORY.resolve("s3mock.jar").toString(),
					"--server.port=0", "--http.port=" + port,
					"--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET,
					"--com.adobe.testing.s3mock.store.root=" + Files.createDirectory(directory.resolve("store")))
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("log").toFile())
				.start();
			ObjectStore store = new ObjectStore(process, port);
			store.awaitReady(directory.resolve("log"));
			return store;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private void awaitReady(Path log) throws IOException {
		while (true) {
			try {
				if (send(HttpRequest.newBuilder(uri(""))).statusCode() == 200) {
					return;
				}
			}
			catch (IOException ex) {
				if (!this.process.isAlive()) {
					throw new IllegalStateException(Files.readString(log), ex);
				}
			}
			pause();
		}
	}

	private static void pause() {
		try {
			Thread.sleep(50);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public int port() {
		return this.port;
	}

	/**
	 * Return all objects whose keys begin with something, by their keys.
	 */
	public Map<String, byte[]> objects(String prefix) throws IOException {
		Map<String, byte[]> objects = new TreeMap<>();
		String list = new String(send(HttpRequest.newBuilder(uri("?list-type=2&max-keys=1000"))).body());
		for (var matcher = KEY.matcher(list); matcher.find();) {
			if (matcher.group(1).startsWith(prefix)) {
				objects.put(matcher.group(1).substring(prefix.length()),
						send(HttpRequest.newBuilder(uri("/" + matcher.group(1)))).body());
			}
		}
		return objects;
	}

	public void put(String key, byte[] content) throws IOException {
		send(HttpRequest.newBuilder(uri("/" + key)).PUT(BodyPublishers.ofByteArray(content)));
	}

	public void delete(String key) throws IOException {
		send(HttpRequest.newBuilder(uri("/" + key)).DELETE());
	}

	/**
	 * Delete all objects whose keys begin with something.
	 */
	public void deleteAll(String prefix) throws IOException {
		for (String key : objects(prefix).keySet()) {
			delete(prefix + key);
		}
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + "/" + BUCKET + path);
	}

	private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
		try {
			return this.client.send(request.build(), BodyHandlers.ofByteArray());
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	/**
	 * Return an application context that knows what {@code s3:} is.
	 * @param port where the store is, or what stands before it
	 */
	public static AnnotationConfigApplicationContext clientOf(int port) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		ClassLoader loader = clientClasses();
		context.setClassLoader(loader);
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("s3", properties(port)));
		context.register(Client.class);
		ClassLoader before = ClassUtils.overrideThreadContextClassLoader(loader);
		try {
			context.refresh();
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
		return context;
	}

	/**
	 * Return the classes of the client, and all that the tests have.
	 */
	public static ClassLoader clientClasses() {
		File[] jars = DIRECTORY.resolve("client").toFile().listFiles((directory, name) -> name.endsWith(".jar"));
		if (jars == null) {
			throw new IllegalStateException("mvn generate-test-resources has not been run");
		}
		List<URL> urls = new ArrayList<>();
		for (File jar : jars) {
			try {
				urls.add(jar.toURI().toURL());
			}
			catch (MalformedURLException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return new URLClassLoader(urls.toArray(URL[]::new), ObjectStore.class.getClassLoader());
	}

	public static Map<String, Object> properties(int port) {
		return Map.of("spring.cloud.aws.s3.endpoint", "http://localhost:" + port, "spring.cloud.aws.region.static",
				"us-east-1", "spring.cloud.aws.credentials.access-key", "quartermaster",
				"spring.cloud.aws.credentials.secret-key", "SecretOfTheBucket",
				"spring.cloud.aws.s3.path-style-access-enabled", "true");
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Configures the client.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(ClientSelector.class)
	static class Client {

	}

	/**
	 * Names what configures the client.
	 */
	static final class ClientSelector implements DeferredImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata metadata) {
			String prefix = "io.awspring.cloud.autoconfigure.";
			return new String[] { prefix + "core.RegionProviderAutoConfiguration",
					prefix + "core.CredentialsProviderAutoConfiguration", prefix + "core.AwsAutoConfiguration",
					prefix + "s3.S3AutoConfiguration" };
		}

	}

}
