package io.jenkins.plugins.dockerpromotion.registry.faults;

import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The line to a test server, which breaks once, behind so many bytes of what the server says, wherever that is. */
public final class FaultyWire implements AutoCloseable {

    private final ServerSocket socket;
    private final URI server;
    private final AtomicLong left;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private FaultyWire(HttpTestServer server, long bytes) {
        this.server = server.uri();
        left = new AtomicLong(bytes);
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** A line that is reset behind the first {@code bytes} of all answers together. */
    public static FaultyWire breakingBehind(long bytes, HttpTestServer server) {
        return new FaultyWire(server, bytes);
    }

    public URI uri() {
        return URI.create(server.getScheme() + "://127.0.0.1:" + socket.getLocalPort());
    }

    /** Bytes of answers that went through. */
    public long passed() {
        return passed.get();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = socket.accept();
            Socket upstream = new Socket(server.getHost(), server.getPort());
            // Without it the kernel holds each small piece back for 40 ms.
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            open.addAll(List.of(client, upstream));
            start(() -> pipe(client, upstream, false));
            start(() -> pipe(upstream, client, true));
        }
    }

    private void pipe(Socket from, Socket to, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                int whole = answers && !broken.get() ? (int) Math.min(n, Math.max(left.getAndAdd(-n), 0)) : n;
                out.write(buffer, 0, whole);
                passed.addAndGet(answers ? whole : 0);
                if (whole < n && broken.compareAndSet(false, true)) {
                    // Closed without a farewell: the other end sees a reset.
                    to.setSoLinger(true, 0);
                    return;
                }
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // The line was closed.
                    }
                },
                "faulty-wire");
        thread.setDaemon(true);
        thread.start();
    }
}
