package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Map;

/** A manifest of any bytes, which names nothing that a registry could check. */
record RawImage(String mediaType, byte[] bytes) implements TestImage {

    @Override
    public Map<String, Content> blobs() {
        return Map.of();
    }
}
