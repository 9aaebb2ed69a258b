package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Information about an image from a registry, without reading its layers.
 *
 * @param digest of the manifest or index
 * @param mediaType of the manifest or index; empty if only the digest was requested and the registry did not report the
 *     type
 * @param platforms the platforms of the image; empty if this is another kind of artifact
 * @param size of a pull of all platforms in bytes; shared layers count for each platform
 * @param created when the image was created: the latest time among the platforms that were read, in ISO 8601; empty if
 *     unknown
 * @param labels of the configuration
 * @param annotations of the manifest, and of the index that lists it
 * @param signatures their number; -1 if unknown
 * @param attestations the types of its attestations
 */
public record ImageInfo(
        String digest,
        String mediaType,
        List<Platform> platforms,
        long size,
        String created,
        Map<String, String> labels,
        Map<String, String> annotations,
        int signatures,
        List<String> attestations)
        implements Serializable {

    private static final int MAX_TEXT = 2000;

    public ImageInfo {
        platforms = List.copyOf(platforms);
        labels = new LinkedHashMap<>(labels);
        annotations = new LinkedHashMap<>(annotations);
        attestations = List.copyOf(attestations);
    }

    /**
     * The same with the attachments of the image.
     *
     * @param count number of signatures
     * @param types of attestations
     */
    public ImageInfo withAttachments(int count, List<String> types) {
        return new ImageInfo(digest, mediaType, platforms, size, created, labels, annotations, count, types);
    }

    /** When the image was created, if that is known. */
    public Optional<Instant> createdAt() {
        return created.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(created));
    }

    /**
     * One platform of an image.
     *
     * @param variant such as {@code v8}, or empty
     * @param digest of its manifest
     * @param size of a pull in bytes: the compressed configuration and layers
     * @param present whether its manifest exists; a clean-up may have deleted it
     */
    public record Platform(String os, String architecture, String variant, String digest, long size, boolean present)
            implements Serializable {

        Platform(String os, String architecture, String variant, String digest, long size) {
            this(os, architecture, variant, digest, size, true);
        }

        Platform missing() {
            return new Platform(os, architecture, variant, digest, 0, false);
        }

        /** {@code linux/arm64/v8}. */
        @Override
        public String toString() {
            return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
        }

        private Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("os", os);
            map.put("architecture", architecture);
            map.put("variant", variant);
            map.put("digest", digest);
            map.put("size", size);
            if (!present) {
                map.put("missing", true);
            }
            return map;
        }
    }

    /** A summary for the log: digest, media type, platforms, size, creation time. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(digest);
        if (!mediaType.isEmpty()) {
            text.append(", ").append(mediaType);
        }
        if (!platforms.isEmpty()) {
            text.append(", ")
                    .append(platforms.stream()
                            .map(platform -> platform + (platform.present ? "" : " (its manifest is missing)"))
                            .collect(Collectors.joining(", ")));
        }
        if (size > 0) {
            text.append(", ").append(LogText.bytes(size));
        }
        text.append(created.isEmpty() ? "" : ", created " + created);
        if (signatures > 0) {
            text.append(", ").append(signatures).append(signatures == 1 ? " signature" : " signatures");
        }
        if (!attestations.isEmpty()) {
            text.append(", attestations ").append(String.join(", ", attestations));
        }
        // The author of an image chooses the names of its platforms, so they are untrusted.
        return LogText.oneLine(text.toString(), MAX_TEXT);
    }

    /** The same as maps, lists, strings and numbers for a Pipeline. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("digest", digest);
        map.put("mediaType", mediaType);
        map.put("size", size);
        map.put("created", created.isEmpty() ? null : created);
        List<Map<String, Object>> entries = new ArrayList<>();
        platforms.forEach(platform -> entries.add(platform.asMap()));
        map.put("platforms", entries);
        map.put("labels", new LinkedHashMap<>(labels));
        map.put("annotations", new LinkedHashMap<>(annotations));
        map.put("signatures", signatures < 0 ? null : signatures);
        map.put("attestations", new ArrayList<>(attestations));
        return map;
    }
}
