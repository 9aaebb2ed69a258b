package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that sends arbitrary bytes, well-formed or not, and counts its connections. */
final class RawServer implements AutoCloseable {

    private final ServerSocket socket;
    private final Script script;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch clientLeft = new CountDownLatch(1);

    /** Decides on the response to a request. */
    @FunctionalInterface
    interface Script {
        /**
         * @param head the request line and the headers
         * @return the response; empty to close the connection; {@code null} to send nothing
         */
        String answer(String head) throws IOException, InterruptedException;
    }

    private RawServer(Script script) {
        this.script = script;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    static RawServer answering(Script script) {
        return new RawServer(script);
    }

    /** Reads requests and never answers. */
    static RawServer silent() {
        return new RawServer(head -> null);
    }

    URI uri() {
        return URI.create("http://" + host());
    }

    String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Request lines and headers, in the order of arrival. */
    List<String> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    /** Waits up to 5 seconds for the client to close a connection. */
    boolean clientLeaves() throws InterruptedException {
        return clientLeft.await(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }

    private void accept() throws IOException {
        while (!socket.isClosed()) {
            Socket connection = socket.accept();
            connections.incrementAndGet();
            open.add(connection);
            start(() -> serve(connection));
        }
    }

    private void serve(Socket connection) throws IOException, InterruptedException {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = connection.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                requests.add(head);
                String answer = script.answer(head);
                if (answer == null) {
                    continue;
                }
                if (answer.isEmpty()) {
                    return;
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
            clientLeft.countDown();
        } catch (IOException e) {
            clientLeft.countDown();
            throw e;
        }
    }

    /** Reads the request line and the headers, and skips a body with {@code Content-Length}. */
    private static String head(BufferedReader in) throws IOException {
        List<String> lines = new ArrayList<>();
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            lines.add(line);
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        for (int i = 0; i < length && in.read() >= 0; i++) {}
        return String.join("\n", lines);
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException | InterruptedException e) {
                        // The test has ended, or the client closed the connection.
                    }
                },
                "raw-server");
        thread.setDaemon(true);
        thread.start();
    }
}
