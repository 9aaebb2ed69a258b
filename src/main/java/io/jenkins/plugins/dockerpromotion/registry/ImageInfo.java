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

/** Information about an image from a registry, without reading its layers. */
public final class ImageInfo implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int MAX_TEXT = 2000;

    private final String digest;
    private final String mediaType;
    private final ArrayList<Platform> platforms;
    private final Content content;
    /** -1 if unknown. */
    private final int signatures;

    private final ArrayList<String> attestations;

    /** @param platforms the platforms of the image; empty if this is another kind of artifact */
    ImageInfo(String digest, String mediaType, List<Platform> platforms, Content content) {
        this(digest, mediaType, platforms, content, -1, List.of());
    }

    private ImageInfo(
            String digest,
            String mediaType,
            List<Platform> platforms,
            Content content,
            int signatures,
            List<String> attestations) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.platforms = new ArrayList<>(platforms);
        this.content = content;
        this.signatures = signatures;
        this.attestations = new ArrayList<>(attestations);
    }

    /**
     * The same with the attachments of the image.
     *
     * @param count number of signatures
     * @param types of attestations
     */
    public ImageInfo withAttachments(int count, List<String> types) {
        return new ImageInfo(digest, mediaType, platforms, content, count, types);
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

    /**
     * What the manifests and configurations contain.
     *
     * @param size the total in bytes; shared layers count for each platform
     * @param created when the image was created, in ISO 8601; empty if unknown
     * @param labels of the configuration
     * @param annotations of the manifest, and of the index that lists it
     */
    record Content(long size, String created, Map<String, String> labels, Map<String, String> annotations)
            implements Serializable {

        static final Content UNREAD = new Content(0, "", Map.of(), Map.of());

        Content {
            labels = new LinkedHashMap<>(labels);
            annotations = new LinkedHashMap<>(annotations);
        }
    }

    /** The digest of the manifest or index. */
    public String digest() {
        return digest;
    }

    /**
     * The media type of the manifest or index; empty if only the digest was requested and the registry did not report
     * the type.
     */
    public String mediaType() {
        return mediaType;
    }

    public List<Platform> platforms() {
        return List.copyOf(platforms);
    }

    /** The size of a pull of all platforms, in bytes; shared layers count for each platform. */
    public long size() {
        return content.size;
    }

    /** When the image was created: the latest time among the platforms that were read. */
    public Optional<Instant> created() {
        return content.created.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(content.created));
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
        if (content.size > 0) {
            text.append(", ").append(LogText.bytes(content.size));
        }
        text.append(content.created.isEmpty() ? "" : ", created " + content.created);
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
        map.put("size", content.size);
        map.put("created", content.created.isEmpty() ? null : content.created);
        List<Map<String, Object>> entries = new ArrayList<>();
        platforms.forEach(platform -> entries.add(platform.asMap()));
        map.put("platforms", entries);
        map.put("labels", new LinkedHashMap<>(content.labels));
        map.put("annotations", new LinkedHashMap<>(content.annotations));
        map.put("signatures", signatures < 0 ? null : signatures);
        map.put("attestations", new ArrayList<>(attestations));
        return map;
    }
}
