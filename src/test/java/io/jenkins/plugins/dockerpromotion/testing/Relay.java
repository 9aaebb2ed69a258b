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
 * Stands between a client and a server: counts the bytes, which not every server can, delays them, or breaks the line once.
 * Who tries TLS with a server without it is turned away at once, while the server of the class library waits for the end
 * of a line.
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

    /** @param delay of what is said after a silence, in each direction, whose bandwidth all connections share */
    public Relay(URI server, Duration delay, long bytesPerSecond) throws IOException {
        this(server, new Line(delay, bytesPerSecond, Long.MAX_VALUE), new Line(delay, bytesPerSecond, Long.MAX_VALUE));
    }

    /** One that resets a connection once, behind the first {@code bytes} of all answers together. */
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

    /** {@code 127.0.0.1:port}, as in an image's name. */
    public String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    public URI uri() {
        return URI.create(server.getScheme() + "://" + host());
    }

    /** All bytes so far, both ways. */
    public long bytes() {
        return there.passed.get() + back.passed.get();
    }

    /** The bytes of answers so far. */
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
                    // As servers in Go answer. Who is not answered at all tries again, more slowly each time.
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
            // One connection failed, which its client will say.
        }
    }

    /** The last of both directions to end closes the connection: after a request's end its answer may be to come. */
    private void pump(InputStream in, Socket from, Socket to, AtomicInteger directions, Line line) {
        byte[] buffer = new byte[64 * 1024];
        long last = 0;
        try {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                last = line.pass(n, last);
                int whole = line.whole(n);
                to.getOutputStream().write(buffer, 0, whole);
                if (whole < n) {
                    // Closed without a farewell: the other end sees a reset.
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
                // Closed is closed.
            }
        }
    }

    /** One direction. */
    private static final class Line {
        private final long delay;
        private final long bytesPerSecond;
        private final AtomicLong passed = new AtomicLong();
        private long free = System.nanoTime();
        private long unbroken;

        /** @param unbroken the number of bytes before the line breaks, once */
        Line(Duration delay, long bytesPerSecond, long unbroken) {
            this.delay = delay.toNanos();
            this.bytesPerSecond = bytesPerSecond;
            this.unbroken = unbroken;
        }

        /** How many of the next {@code count} bytes pass; fewer than that where the line breaks. */
        synchronized int whole(int count) {
            int whole = (int) Math.min(count, unbroken);
            unbroken = whole < count ? Long.MAX_VALUE : unbroken - whole;
            passed.addAndGet(whole);
            return whole;
        }

        /**
         * Waits until {@code count} bytes have arrived.
         *
         * @param last when this connection last had something to say
         * @return the same for the next time
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
