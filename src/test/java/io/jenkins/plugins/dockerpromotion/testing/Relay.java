package io.jenkins.plugins.dockerpromotion.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy between a client and a server. It counts the bytes, adds latency, limits the bandwidth, or resets a
 * connection once. It rejects TLS clients at once if the server has no TLS. The JDK's HTTP server would wait for the
 * end of a line.
 */
public final class Relay implements AutoCloseable {

    private static final int TLS_HANDSHAKE = 0x16;

    private final URI server;
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        return thread;
    });
    private final Line there;
    private final Line back;

    public Relay(URI server) throws IOException {
        this(server, Duration.ZERO, Long.MAX_VALUE);
    }

    /**
     * Adds latency to each direction, and limits its bandwidth, which all connections share.
     *
     * @param delay the latency of data that follows a pause of this length
     */
    public Relay(URI server, Duration delay, long bytesPerSecond) throws IOException {
        this(server, new Line(delay, bytesPerSecond, Long.MAX_VALUE), new Line(delay, bytesPerSecond, Long.MAX_VALUE));
    }

    /** Resets a connection once, after the first {@code bytes} of all responses together. */
    public static Relay breakingBehind(long bytes, URI server) throws IOException {
        return new Relay(
                server,
                new Line(Duration.ZERO, Long.MAX_VALUE, Long.MAX_VALUE),
                new Line(Duration.ZERO, Long.MAX_VALUE, bytes));
    }

    private Relay(URI server, Line there, Line back) throws IOException {
        this.server = server;
        this.there = there;
        this.back = back;
        socket = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** {@code 127.0.0.1:port}, the host in image names. */
    public String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    public URI uri() {
        return URI.create(server.getScheme() + "://" + host());
    }

    /** The number of bytes so far, in both directions. */
    public long bytes() {
        return there.passed.get() + back.passed.get();
    }

    /** The number of response bytes so far. */
    public long answered() {
        return back.passed.get();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                threads.execute(() -> connect(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void connect(Socket client) {
        try {
            PushbackInputStream first = new PushbackInputStream(client.getInputStream());
            int greeting = first.read();
            if (greeting < 0 || (greeting == TLS_HANDSHAKE && server.getScheme().equals("http"))) {
                try (client) {
                    // The response of servers in Go. Without a response, clients would retry with increasing delays.
                    first.read(new byte[64 * 1024]);
                    client.getOutputStream().write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                }
                return;
            }
            first.unread(greeting);
            Socket upstream = new Socket(server.getHost(), server.getPort());
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            AtomicInteger directions = new AtomicInteger(2);
            threads.execute(() -> pump(first, client, upstream, directions, there));
            pump(upstream.getInputStream(), upstream, client, directions, back);
        } catch (IOException e) {
            // This connection failed. Its client reports the error.
        }
    }

    /** Closes the sockets when both directions have ended: the response may follow after the request has ended. */
    private void pump(InputStream in, Socket from, Socket to, AtomicInteger directions, Line line) {
        byte[] buffer = new byte[64 * 1024];
        long last = 0;
        try {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                last = line.pass(n, last);
                int whole = line.whole(n);
                to.getOutputStream().write(buffer, 0, whole);
                if (whole < n) {
                    // With linger time 0, closing the socket sends a reset.
                    to.setSoLinger(true, 0);
                    throw new IOException("the line breaks");
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            directions.set(1);
        }
        if (directions.decrementAndGet() == 0) {
            try (from;
                    to) {
                return;
            } catch (IOException e) {
                // Nothing to do: the sockets are closed anyway.
            }
        }
    }

    /** One direction of all connections. */
    private static final class Line {
        private final long delay;
        private final long bytesPerSecond;
        private final AtomicLong passed = new AtomicLong();
        private long free = System.nanoTime();
        private long unbroken;

        /** @param unbroken the number of bytes before the one reset; {@code Long.MAX_VALUE} for none */
        Line(Duration delay, long bytesPerSecond, long unbroken) {
            this.delay = delay.toNanos();
            this.bytesPerSecond = bytesPerSecond;
            this.unbroken = unbroken;
        }

        /** How many of the next {@code count} bytes to forward; fewer if the connection is to be reset. */
        synchronized int whole(int count) {
            int whole = (int) Math.min(count, unbroken);
            unbroken = whole < count ? Long.MAX_VALUE : unbroken - whole;
            passed.addAndGet(whole);
            return whole;
        }

        /**
         * Waits as long as {@code count} bytes take to arrive.
         *
         * @param last when this direction of the connection last sent data
         * @return the value of {@code last} for the next call
         */
        long pass(int count, long last) {
            long now = System.nanoTime();
            long arrived = now - last > delay ? now + delay : now;
            if (bytesPerSecond < Long.MAX_VALUE) {
                synchronized (this) {
                    free = Math.max(now, free) + count * 1_000_000_000L / bytesPerSecond;
                    arrived = Math.max(arrived, free);
                }
            }
            for (long left = arrived - now; left > 0; left = arrived - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return System.nanoTime();
        }
    }
}
