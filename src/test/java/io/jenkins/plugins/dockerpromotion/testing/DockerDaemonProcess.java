package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Docker daemon without container networks. Its socket and all its files are in a temporary directory. */
public final class DockerDaemonProcess implements AutoCloseable {

    private static final long START_SECONDS = 30;

    private final TemporaryDirectory directory;
    private final Process process;

    private DockerDaemonProcess(TemporaryDirectory directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Starts a daemon. If none can run here, prints the reason and skips the test class. */
    public static DockerDaemonProcess startOrSkip(Class<?> testClass) throws Exception {
        FieldTool.assumeAvailable(testClass, "docker", "dockerd");
        LeftOut.unless("root".equals(System.getProperty("user.name")), testClass, "dockerd needs root");
        // Short, because the path of a Unix socket is limited to 108 characters.
        TemporaryDirectory directory = new TemporaryDirectory("dockerd");
        Path home = directory.path();
        Process process = new ProcessBuilder(
                        "dockerd",
                        "--iptables=false",
                        "--ip6tables=false",
                        "--bridge=none",
                        "--storage-driver=vfs",
                        "--data-root=" + home.resolve("data"),
                        "--exec-root=" + home.resolve("exec"),
                        "--pidfile=" + home.resolve("pid"),
                        "--host=unix://" + home.resolve("socket"))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        DockerDaemonProcess daemon = new DockerDaemonProcess(directory, process);
        if (!daemon.answers()) {
            String said = Files.readString(home.resolve("log"));
            daemon.close();
            LeftOut.unless(false, testClass, "dockerd cannot run here: " + lastLine(said));
        }
        return daemon;
    }

    /** The value of {@code DOCKER_HOST}. */
    public String host() {
        return "unix://" + directory.path().resolve("socket");
    }

    /** Imports an image that contains one file. Needs no network. */
    public void importEmptyImage(String name) throws IOException, InterruptedException {
        Path home = directory.path();
        Path folder = Files.createDirectories(home.resolve("image"));
        Files.writeString(folder.resolve("file"), name);
        Path archive = home.resolve("image.tar");
        run(List.of("tar", "-cf", archive.toString(), "-C", folder.toString(), "file"));
        run(List.of("docker", "--host", host(), "import", archive.toString(), name));
    }

    @Override
    public void close() {
        FieldTool.end(process);
        directory.close();
    }

    private boolean answers() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(directory.path().resolve("socket")));
                run(List.of("docker", "--host", host(), "version"));
                return true;
            } catch (IOException e) {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
        if (client.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (first, second) -> second);
    }
}
