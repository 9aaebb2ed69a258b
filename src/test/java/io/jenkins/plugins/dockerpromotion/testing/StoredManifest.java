package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A manifest as it was pushed, and what can be read in it. */
record StoredManifest(String mediaType, byte[] bytes, String digest, JsonNode json) {

    static StoredManifest of(String mediaType, byte[] bytes) {
        return new StoredManifest(mediaType, bytes, Content.digestOf(bytes), Json.parse(bytes));
    }

    /** Digests of config and layers; foreign layers are left out, as registries do not hold them. */
    List<String> blobs() {
        List<String> digests = new ArrayList<>();
        config().ifPresent(config -> digests.add(config.path("digest").asText()));
        json.path("layers").forEach(layer -> {
            if (!layer.path("mediaType").asText().contains("foreign") && !layer.has("urls")) {
                digests.add(layer.path("digest").asText());
            }
        });
        return digests;
    }

    List<String> children() {
        List<String> digests = new ArrayList<>();
        json.path("manifests").forEach(child -> digests.add(child.path("digest").asText()));
        return digests;
    }

    Optional<JsonNode> config() {
        return Optional.of(json.path("config")).filter(JsonNode::isObject);
    }

    Optional<String> subject() {
        return Optional.of(json.path("subject").path("digest"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }

    /** The artifact's type, which is the config's media type where the manifest does not name one. */
    Optional<String> artifactType() {
        return Stream.of(json.path("artifactType"), json.path("config").path("mediaType"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst();
    }
}
