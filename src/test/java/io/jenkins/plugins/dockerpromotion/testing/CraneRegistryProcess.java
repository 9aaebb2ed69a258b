package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/** The registry that crane brings, {@code crane registry serve}, in a process of its own. It has no referrers API. */
public final class CraneRegistryProcess implements AutoCloseable {

    private static final long START_LIMIT = TimeUnit.SECONDS.toNanos(20);

    private final TemporaryDirectory directory = new TemporaryDirectory("crane-registry");
    private final Process process;
    private final String host;

    private CraneRegistryProcess() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            host = "127.0.0.1:" + socket.getLocalPort();
        }
        process = FieldTool.of("crane", directory.path()).start("registry", "serve", "--address", host);
    }

    public static CraneRegistryProcess start() throws IOException, InterruptedException {
        CraneRegistryProcess registry = new CraneRegistryProcess();
        if (!registry.listens()) {
            String said = Files.readString(registry.directory.path().resolve("log"));
            registry.close();
            throw new IOException("crane registry serve did not start: " + said);
        }
        return registry;
    }

    private boolean listens() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT;
        URI uri = uri();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 1000);
                return true;
            } catch (IOException e) {
                // Ends early when the process does, which connecting once more would not show.
                process.waitFor(10, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    /** {@code http://127.0.0.1:port}. */
    public URI uri() {
        return URI.create("http://" + host);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        directory.close();
    }
}
