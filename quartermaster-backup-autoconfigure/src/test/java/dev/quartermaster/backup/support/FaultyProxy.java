/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A server that stands before another one, and lets it seem to be away, slow, full, or
 * not to know who asks.
 */
public final class FaultyProxy implements AutoCloseable {

	private final ServerSocket socket;

	private final int target;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private volatile Predicate<String> gone = (request) -> false;

	private volatile long mostBytes = Long.MAX_VALUE;

	private final AtomicLong sent = new AtomicLong();

	private volatile long mostOfAll = Long.MAX_VALUE;

	private volatile Runnable atMostOfAll = () -> {
	};

	private volatile @Nullable String answer;

	private volatile int pause;

	private FaultyProxy(ServerSocket socket, int target) {
		this.socket = socket;
		this.target = target;
	}

	/**
	 * Start one that passes everything on.
	 * @param target the port of the other server
	 */
	public static FaultyProxy start(int target) {
		try {
			FaultyProxy proxy = new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
			run(proxy::accept);
			return proxy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	/**
	 * Be well from now on.
	 */
	public void heal() {
		this.gone = (request) -> false;
		this.mostBytes = Long.MAX_VALUE;
		this.mostOfAll = Long.MAX_VALUE;
		this.answer = null;
		this.pause = 0;
		this.requests.clear();
		closeAll();
	}

	/**
	 * Be away from the first request on for which that is to be, and for all after it.
	 * @param which tells of each by its method and path
	 */
	public void goneFrom(Predicate<String> which) {
		this.gone = which;
		closeAll();
	}

	/**
	 * Let each connection end when so many bytes were sent.
	 */
	public void goneAfter(long bytes) {
		this.mostBytes = bytes;
		closeAll();
	}

	/**
	 * Be away once so many bytes were sent in all connections together.
	 * @param atThatMoment what happens then
	 */
	public void goneAfterAll(long bytes, Runnable atThatMoment) {
		closeAll();
		this.sent.set(0);
		this.mostOfAll = bytes;
		this.atMostOfAll = atThatMoment;
	}

	/**
	 * Answer everything that writes with a status and the code of an error.
	 */
	public void refuse(String status, String code) {
		String body = "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>";
		this.answer = "HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + body.length()
				+ "\r\nConnection: close\r\n\r\n" + body;
		closeAll();
	}

	/**
	 * Wait before each piece that is passed on.
	 */
	public void slow(int millis) {
		this.pause = millis;
	}

	/**
	 * Return the requests that came, each as its method and path.
	 */
	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.socket.accept();
			this.open.add(client);
			run(() -> serve(client));
		}
	}

	private void serve(Socket client) throws IOException {
		try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target)) {
			this.open.add(server);
			run(() -> {
				try (client) {
					server.getInputStream().transferTo(client.getOutputStream());
				}
			});
			pass(client.getInputStream(), client.getOutputStream(), server.getOutputStream());
		}
		finally {
			this.open.remove(client);
		}
	}

	private void pass(InputStream from, OutputStream back, OutputStream to) throws IOException {
		byte[] piece = new byte[16 * 1024];
		long passed = 0;
		for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
			String begin = new String(piece, 0, Math.min(read, 2000), StandardCharsets.ISO_8859_1);
			if (begin.matches("(?s)(?:GET|HEAD|PUT|POST|DELETE) /\\S* HTTP/1\\.1\r\n.*")) {
				String request = begin.substring(0, begin.indexOf(" HTTP/1.1"));
				this.requests.add(request);
				if (this.gone.test(request)) {
					this.gone = (any) -> true;
					return;
				}
				String refusal = this.answer;
				if (refusal != null && !begin.startsWith("GET") && !begin.startsWith("HEAD")) {
					readWhole(from, begin, read);
					back.write(refusal.getBytes(StandardCharsets.ISO_8859_1));
					back.flush();
					return;
				}
			}
			passed += read;
			if (passed > this.mostBytes) {
				return;
			}
			if (this.sent.addAndGet(read) > this.mostOfAll) {
				this.gone = (any) -> true;
				this.atMostOfAll.run();
				return;
			}
			sleep(this.pause);
			to.write(piece, 0, read);
			to.flush();
		}
	}

	/**
	 * Read what else belongs to the request, as a server does that answers it.
	 */
	private static void readWhole(InputStream from, String begin, int read) throws IOException {
		if (begin.toLowerCase(Locale.ROOT).contains("expect: 100-continue")) {
			return;
		}
		int header = begin.indexOf("\r\n\r\n");
		var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(begin);
		if (header >= 0 && length.find()) {
			from.readNBytes(Math.max(0, Integer.parseInt(length.group(1)) - (read - header - 4)));
		}
	}

	private static void sleep(int millis) throws IOException {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	private void closeAll() {
		this.open.forEach((socket) -> {
			try {
				socket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		this.open.clear();
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		closeAll();
	}

	private static void run(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The one side or the other has closed it.
			}
		}, "faulty proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private interface Task {

		void run() throws IOException;

	}

}
