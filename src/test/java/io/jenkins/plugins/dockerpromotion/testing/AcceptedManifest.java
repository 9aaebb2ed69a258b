package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the CNCF registry 2.8 makes of a manifest whose media type the client did not say it accepts. */
record AcceptedManifest(Repository repository, List<String> accepted) {

    static AcceptedManifest of(Repository repository, Incoming request) {
        List<String> types = request.record().headers().getOrDefault("accept", List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(type -> type.split(";")[0].trim())
                .toList();
        return new AcceptedManifest(repository, types);
    }

    /** The manifest to send: a client that does not know lists gets the image for linux/amd64, with another digest. */
    Optional<StoredManifest> choose(StoredManifest manifest) {
        if (!accepted.contains(manifest.mediaType()) && manifest.mediaType().equals(MediaTypes.DOCKER_LIST)) {
            return child(manifest).filter(it -> accepted.contains(it.mediaType()));
        }
        // It stores no other types than these, so what it does with others is for other registries to say.
        boolean known = MediaTypes.ALL_MANIFESTS.contains(manifest.mediaType());
        return Optional.of(manifest).filter(it -> !known || accepted.contains(it.mediaType()));
    }

    private Optional<StoredManifest> child(StoredManifest list) {
        for (JsonNode child : list.json().path("manifests")) {
            JsonNode platform = child.path("platform");
            if (platform.path("os").asText().equals("linux")
                    && platform.path("architecture").asText().equals("amd64")) {
                return repository.manifest(child.path("digest").asText());
            }
        }
        return Optional.empty();
    }
}
