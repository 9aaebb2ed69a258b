package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server and counts the bytes, which not every server can. Who tries TLS first is turned away
 * at once, while the server of the class library waits for the end of a line.
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
    private final AtomicLong bytes = new AtomicLong();

    public Relay(URI server) throws IOException {
        this.server = server;
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
        return bytes.get();
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
            if (greeting < 0 || greeting == TLS_HANDSHAKE) {
                client.close();
                return;
            }
            first.unread(greeting);
            Socket there = new Socket(server.getHost(), server.getPort());
            client.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
            AtomicInteger directions = new AtomicInteger(2);
            threads.execute(() -> pump(first, client, there, directions));
            pump(there.getInputStream(), there, client, directions);
        } catch (IOException e) {
            // One connection failed, which its client will say.
        }
    }

    /** The last of both directions to end closes the connection: after a request's end its answer may be to come. */
    private void pump(InputStream in, Socket from, Socket to, AtomicInteger directions) {
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                bytes.addAndGet(n);
                to.getOutputStream().write(buffer, 0, n);
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
}
