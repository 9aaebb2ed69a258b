package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Docker daemon of the tests' own: no network for containers, its own folders and socket, nothing left of it. */
public final class DockerDaemonProcess implements AutoCloseable {

    private static final long START_SECONDS = 30;

    private final Path home;
    private final Process process;

    private DockerDaemonProcess(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    /** Starts a daemon, or skips the test class with a reason on the console where none can run. */
    public static DockerDaemonProcess startOrSkip(Class<?> testClass) throws Exception {
        LeftOut.unless(isOnPath("docker"), testClass, "the docker client is not installed");
        LeftOut.unless(isOnPath("dockerd"), testClass, "dockerd is not installed");
        LeftOut.unless("root".equals(System.getProperty("user.name")), testClass, "dockerd needs root");
        // Short: a socket's path has at most 108 characters.
        Path home = Files.createTempDirectory("dockerd");
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
        DockerDaemonProcess daemon = new DockerDaemonProcess(home, process);
        if (!daemon.answers()) {
            String said = Files.readString(home.resolve("log"));
            daemon.close();
            LeftOut.unless(false, testClass, "dockerd cannot run here: " + lastLine(said));
        }
        return daemon;
    }

    /** The value of {@code DOCKER_HOST}. */
    public String host() {
        return "unix://" + home.resolve("socket");
    }

    /** Gives the daemon an image with a single file, without any network. */
    public void importEmptyImage(String name) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(home.resolve("image"));
        Files.writeString(folder.resolve("file"), name);
        Path archive = home.resolve("image.tar");
        run(List.of("tar", "-cf", archive.toString(), "-C", folder.toString(), "file"));
        run(List.of("docker", "--host", host(), "import", archive.toString(), name));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> found = Files.walk(home)) {
                List<Path> deepestFirst =
                        found.sorted(Comparator.reverseOrder()).toList();
                for (Path each : deepestFirst) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(home.resolve("socket")));
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

    private static boolean isOnPath(String command) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (first, second) -> second);
    }
}
