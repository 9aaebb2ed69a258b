package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says how a {@link DockerRegistryProcess} is configured; as it stands, over http, for everybody, without deletion. */
public final class DockerRegistryBuilder {

    /** The service that its token requests name. */
    public static final String SERVICE = "docker-registry-process";

    private static final int START_ATTEMPTS = 3;

    private boolean deletes;
    private boolean htpasswd;
    private Optional<TokenServer> tokens = Optional.empty();
    private Optional<TestCertificates> tls = Optional.empty();

    DockerRegistryBuilder() {}

    /** Switches deletion on; this registry deletes by digest only. */
    public DockerRegistryBuilder deletes() {
        deletes = true;
        return this;
    }

    /** Asks for {@link DockerRegistryProcess#USER} and {@link DockerRegistryProcess#PASSWORD}. */
    public DockerRegistryBuilder htpasswd() {
        htpasswd = true;
        return this;
    }

    /** Asks for tokens of this server, which have to be signed by {@link TestCertificates#shared}. */
    public DockerRegistryBuilder tokens(TokenServer server) {
        tokens = Optional.of(server);
        return this;
    }

    public DockerRegistryBuilder tls(TestCertificates certificates) {
        tls = Optional.of(certificates);
        return this;
    }

    /** Returns once the registry takes connections. */
    public DockerRegistryProcess start() {
        for (int attempt = 1; ; attempt++) {
            try {
                return DockerRegistryProcess.launch(this);
            } catch (IOException e) {
                // Another process may have taken the port between its being found free and the registry's start.
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

    /** The configuration file. */
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
