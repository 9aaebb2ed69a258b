package io.jenkins.plugins.dockerpromotion.registry;

import java.util.Map;
import java.util.Optional;

/**
 * Describes content (OCI image specification, "Content Descriptors").
 *
 * @param mediaType of the content, empty if unknown
 * @param digest of the content
 * @param size in bytes, -1 if unknown
 * @param platform such as {@code linux/arm64/v8}, or empty
 * @param artifactType the type of the artifact in a list of manifests, or empty
 * @param annotations of the descriptor
 * @param data the content itself if it is embedded; it matches the digest
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        String platform,
        String artifactType,
        Map<String, String> annotations,
        Optional<byte[]> data) {

    /** A descriptor of content that is not embedded. */
    public Descriptor(String mediaType, Digest digest, long size, String platform) {
        this(mediaType, digest, size, platform, "", Map.of(), Optional.empty());
    }
}
