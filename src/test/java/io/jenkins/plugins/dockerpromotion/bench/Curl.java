package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One curl process that sends a sequence of requests over one keep-alive connection. This is a lower bound for any
 * client that sends the requests sequentially.
 */
final class Curl {

    /** Without this header, the CNCF registry offers only the oldest manifest format. */
    private static final String ACCEPT = "Accept: application/vnd.oci.image.index.v1+json,"
            + "application/vnd.oci.image.manifest.v1+json,application/vnd.docker.distribution.manifest.list.v2+json,"
            + "application/vnd.docker.distribution.manifest.v2+json";

    private final List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
    private final Path directory;
    private final String base;

    /** @param repository for example {@code 127.0.0.1:port/group/app} */
    Curl(Path directory, String repository) {
        this.directory = directory;
        this.base = "http://" + repository.replaceFirst("/", "/v2/");
    }

    Curl get(String reference) {
        return next("--fail", "--header", ACCEPT, "--output", file(reference), manifest(reference));
    }

    /**
     * Checks whether a manifest exists. A 404 is not an error here: it is the expected answer to an overwrite check.
     */
    Curl head(String reference) {
        return next("--head", "--output", "/dev/null", manifest(reference));
    }

    Curl put(String reference, TestImage manifest, String readAs) {
        return next(
                "--fail",
                "--header",
                "Content-Type: " + manifest.mediaType(),
                "--output",
                "/dev/null",
                "--upload-file",
                file(readAs),
                manifest(reference));
    }

    Curl mount(String digest, String from) {
        return next(
                "--fail",
                "--request",
                "POST",
                "--data",
                "",
                "--output",
                "/dev/null",
                base + "/blobs/uploads/?mount=" + digest + "&from=" + from);
    }

    /** Returns a copy that goes on with another repository of the registry, on the same connection. */
    Curl in(String repository) {
        Curl other = new Curl(directory, repository);
        other.command.clear();
        other.command.addAll(command);
        return other;
    }

    void run() throws Exception {
        CommandLine.PLAIN.run(command);
    }

    private Curl next(String... arguments) {
        if (command.contains("--output")) {
            command.addAll(List.of("--next", "--silent", "--show-error"));
        }
        command.addAll(List.of(arguments));
        return this;
    }

    private String manifest(String reference) {
        return base + "/manifests/" + reference;
    }

    private String file(String reference) {
        return directory.resolve(reference.replace(':', '-')).toString();
    }
}
