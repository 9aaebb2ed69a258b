package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A real registry in a separate process with temporary storage: the CNCF registry, or the one built into crane. */
public final class DockerRegistryProcess implements AutoCloseable {

    /** The only account of a registry with htpasswd. */
    public static final String USER = "test";

    public static final String PASSWORD = "test-password";

    // The bcrypt hash of PASSWORD. The registry accepts no other algorithm, and the JDK has no bcrypt.
    private static final String HASH = "$2y$05$dockerpromotiontestineCSJmp0EMOOD03TDUaBPZ2r10To0d9Le";

    private static final String COMMAND = "docker-registry";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final TemporaryDirectory directory;
    private final Process process;
    private final URI uri;

    private DockerRegistryProcess(TemporaryDirectory directory, Process process, URI uri) {
        this.directory = directory;
        this.process = process;
        this.uri = uri;
    }

    public static boolean isAvailable() {
        return FieldTool.find(COMMAND).isPresent();
    }

    /** Prints the reason and skips the test class if the registry is not installed; for {@code @BeforeAll}. */
    public static void assumeAvailable(Class<?> testClass) {
        FieldTool.assumeAvailable(testClass, COMMAND);
    }

    /** By default: HTTP, no authentication, deletion disabled. */
    public static Builder builder() {
        return new Builder();
    }

    /** The registry built into crane, over HTTP. It has no referrers API. */
    public static DockerRegistryProcess crane() {
        Builder builder = builder();
        builder.crane = true;
        return builder.start();
    }

    /** {@code http://127.0.0.1:port}, or {@code https} with TLS. */
    public URI uri() {
        return uri;
    }

    /** {@code 127.0.0.1:port}, the host in image names. */
    public String host() {
        return uri.getAuthority();
    }

    /** The name of an image in this registry. */
    public ImageName image(String repository) {
        return ImageName.parse(host() + "/" + repository);
    }

    /** The requests so far, such as {@code "GET /v2/ HTTP/1.1" 200}, in the order of the responses. */
    public List<String> accessLog() throws IOException {
        Pattern request = Pattern.compile("\"[A-Z]+ /\\S* HTTP/1\\.1\" \\d{3}");
        return Files.readAllLines(directory.path().resolve("log")).stream()
                .flatMap(line -> request.matcher(line).results())
                .map(MatchResult::group)
                .toList();
    }

    @Override
    public void close() {
        FieldTool.end(process);
        directory.close();
    }

    /** Makes one attempt. Fails if another process took the port in the meantime. */
    static DockerRegistryProcess launch(Builder config) throws IOException, InterruptedException {
        TemporaryDirectory directory = new TemporaryDirectory("docker-registry");
        Path home = directory.path();
        int port = TestHttp.freePort();
        Process process;
        if (config.crane) {
            process = FieldTool.of("crane", home).start("registry", "serve", "--address", "127.0.0.1:" + port);
        } else {
            Files.writeString(home.resolve("htpasswd"), USER + ":" + HASH + "\n");
            Path file = Files.writeString(home.resolve("config.yml"), config.yaml(port, home));
            process = FieldTool.of(COMMAND, home).start("serve", file.toString());
        }
        DockerRegistryProcess registry =
                new DockerRegistryProcess(directory, process, URI.create(config.scheme() + "://127.0.0.1:" + port));
        if (!registry.listens(port)) {
            String said = Files.readString(home.resolve("log"));
            registry.close();
            throw new IOException("the registry did not start: " + said);
        }
        return registry;
    }

    private boolean listens(int port) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
                return true;
            } catch (IOException e) {
                // Unlike a sleep, this returns as soon as the process exits.
                process.waitFor(10, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    /** Configures a {@link DockerRegistryProcess}. Defaults: HTTP, no authentication, deletion disabled. */
    public static final class Builder {

        /** The {@code service} of token requests. */
        public static final String SERVICE = "docker-registry-process";

        private static final int START_ATTEMPTS = 3;

        private boolean crane;
        private boolean deletes;
        private boolean htpasswd;
        private Optional<TokenServer> tokens = Optional.empty();
        private Optional<TestCertificates> tls = Optional.empty();

        private Builder() {}

        /** Enables deletion. This registry deletes by digest only. */
        public Builder deletes() {
            deletes = true;
            return this;
        }

        /** Requires {@link DockerRegistryProcess#USER} and {@link DockerRegistryProcess#PASSWORD}. */
        public Builder htpasswd() {
            htpasswd = true;
            return this;
        }

        /** Requires tokens of this server, signed with the key of {@link TestCertificates#shared}. */
        public Builder tokens(TokenServer server) {
            tokens = Optional.of(server);
            return this;
        }

        public Builder tls(TestCertificates certificates) {
            tls = Optional.of(certificates);
            return this;
        }

        /** Returns when the registry accepts connections. */
        public DockerRegistryProcess start() {
            for (int attempt = 1; ; attempt++) {
                try {
                    return DockerRegistryProcess.launch(this);
                } catch (IOException e) {
                    // Another process may have taken the port before the registry could bind it.
                    if (attempt == START_ATTEMPTS) {
                        throw new UncheckedIOException(e);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }

        String scheme() {
            return tls.isPresent() ? "https" : "http";
        }

        String yaml(int port, Path directory) {
            List<String> lines = new ArrayList<>(List.of(
                    "version: 0.1",
                    "log: {level: warn}",
                    "storage:",
                    "  filesystem: {rootdirectory: '" + directory.resolve("storage") + "'}",
                    "  delete: {enabled: " + deletes + "}",
                    "http:",
                    "  addr: 127.0.0.1:" + port));
            tls.ifPresent(certificates -> lines.addAll(List.of(
                    "  tls:",
                    "    certificate: '" + certificates.serverPem() + "'",
                    "    key: '" + certificates.serverKeyPem() + "'")));
            if (htpasswd) {
                lines.add("auth:");
                lines.add("  htpasswd: {realm: test, path: '" + directory.resolve("htpasswd") + "'}");
            }
            tokens.ifPresent(server -> lines.addAll(List.of(
                    "auth:",
                    "  token:",
                    "    realm: " + server.uri() + "/token",
                    "    service: " + SERVICE,
                    "    issuer: " + JwtSigner.ISSUER,
                    "    rootcertbundle: '" + TestCertificates.shared().tokenPem() + "'")));
            return String.join("\n", lines) + "\n";
        }
    }
}
