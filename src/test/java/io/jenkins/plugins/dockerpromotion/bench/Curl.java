package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of curl that sends given requests one after another on one kept connection: nobody who sends them in turn is
 * faster.
 */
final class Curl {

    /** Without it, the CNCF registry has only the oldest kind of manifest. */
    private static final String ACCEPT = "Accept: application/vnd.oci.image.index.v1+json,"
            + "application/vnd.oci.image.manifest.v1+json,application/vnd.docker.distribution.manifest.list.v2+json,"
            + "application/vnd.docker.distribution.manifest.v2+json";

    private final List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
    private final Path directory;
    private final String base;

    /** @param repository {@code 127.0.0.1:port/group/app} */
    Curl(Path directory, String repository) {
        this.directory = directory;
        this.base = "http://" + repository.replaceFirst("/", "/v2/");
    }

    Curl get(String reference) {
        return next("--fail", "--header", ACCEPT, "--output", file(reference), manifest(reference));
    }

    /** An absent one is no failure: it is what an overwrite check wants to hear. */
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

    /** The same connection for another repository of the registry. */
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
