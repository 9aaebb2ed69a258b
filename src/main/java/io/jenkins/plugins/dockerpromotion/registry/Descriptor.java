package io.jenkins.plugins.dockerpromotion.registry;

import java.util.Map;
import java.util.Optional;

/**
 * Names content by what it is (OCI image specification, "Content Descriptors").
 *
 * @param mediaType of the content, empty if unknown
 * @param digest of the content
 * @param size in bytes, -1 if unknown
 * @param platform such as {@code linux/arm64/v8}, empty where none is given
 * @param artifactType what kind of artifact a listed manifest is, empty where none is given
 * @param annotations of the descriptor
 * @param data the content itself where it is embedded; it has the digest
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        String platform,
        String artifactType,
        Map<String, String> annotations,
        Optional<byte[]> data) {

    /** A descriptor of what is stored elsewhere. */
    public Descriptor(String mediaType, Digest digest, long size, String platform) {
        this(mediaType, digest, size, platform, "", Map.of(), Optional.empty());
    }
}
