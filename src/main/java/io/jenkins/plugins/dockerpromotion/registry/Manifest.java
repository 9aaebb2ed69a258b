package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A manifest or index: its original bytes, which are never serialized again, and the content that it refers to. An
 * unknown type is read as far as it looks like the known ones.
 */
public final class Manifest {

    /** A hundred times more than the largest images have. Each entry needs a request. */
    private static final int MAX_DESCRIPTORS = 10_000;

    private final byte[] bytes;
    private final String mediaType;
    private final Digest digest;
    private final List<Descriptor> children;
    private final List<Descriptor> blobs;
    private final Optional<Descriptor> config;
    private final Optional<Descriptor> subject;
    private final String artifactType;
    private final Map<String, String> annotations;

    private Manifest(byte[] bytes, String mediaType, Digest digest, Json json) {
        this.bytes = bytes;
        this.mediaType = mediaType;
        this.digest = digest;
        boolean known = MediaTypes.KNOWN.contains(mediaType);
        List<Descriptor> listed = descriptors(json.field("manifests").items(), known);
        this.children = listed.stream()
                .filter(entry -> MediaTypes.isManifest(entry.mediaType()))
                .toList();
        this.config = descriptors(List.of(json.field("config")), known).stream().findFirst();
        // A BuildKit cache is an index of layers.
        this.blobs = Stream.of(
                        listed.stream()
                                .filter(entry -> !MediaTypes.isManifest(entry.mediaType()))
                                .toList(),
                        descriptors(List.of(json.field("config")), known),
                        descriptors(json.field("layers").items(), known),
                        descriptors(json.field("blobs").items(), known))
                .flatMap(List::stream)
                .toList();
        this.subject =
                descriptors(List.of(json.field("subject")), known).stream().findFirst();
        this.artifactType = json.text("artifactType");
        this.annotations = Collections.unmodifiableMap(json.field("annotations").texts());
    }

    /**
     * Parses a manifest, identified by its sha256 digest.
     *
     * @param announced the media type in the answer, or empty
     * @throws IllegalArgumentException in one line, if the bytes are not a manifest
     */
    public static Manifest parse(byte[] bytes, String announced) {
        return parse(bytes, announced, Digest.sha256(bytes));
    }

    /**
     * Parses a manifest, identified by {@code digest} with any algorithm: an index may list it by sha512.
     *
     * @param announced the media type in the answer, or empty
     * @throws IllegalArgumentException in one line, if the bytes are not a manifest
     */
    static Manifest parse(byte[] bytes, String announced, Digest digest) {
        Json json = Json.parse(bytes)
                .filter(Json::isObject)
                .orElseThrow(() -> new IllegalArgumentException("the manifest is not a JSON object"));
        String mediaType = MediaTypes.of(json, announced);
        if (!MediaTypes.isValid(mediaType)) {
            throw new IllegalArgumentException("the manifest's media type is invalid");
        }
        return new Manifest(bytes.clone(), mediaType, digest, json);
    }

    /** Whether {@code bytes} are JSON with a list of manifests, even if it is empty. */
    static boolean isIndex(byte[] bytes) {
        return Json.parse(bytes)
                .filter(json -> json.field("manifests").isArray())
                .isPresent();
    }

    /** An invalid descriptor is an error in a manifest of a known type, and ignored in others. */
    private static List<Descriptor> descriptors(List<Json> nodes, boolean known) {
        if (nodes.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("the manifest lists more than " + MAX_DESCRIPTORS + " entries");
        }
        List<Descriptor> found = new ArrayList<>();
        for (Json node : nodes) {
            try {
                if (node.isObject()) {
                    found.add(descriptor(node));
                }
            } catch (IllegalArgumentException e) {
                if (known) {
                    throw e;
                }
            }
        }
        return List.copyOf(found);
    }

    private static Descriptor descriptor(Json node) {
        Digest digest = Digest.parse(node.text("digest"));
        String platform = Stream.of("os", "architecture", "variant")
                .map(node.field("platform")::text)
                .filter(p -> !p.isEmpty())
                .collect(Collectors.joining("/"));
        long size = node.number("size", -1);
        return new Descriptor(
                node.text("mediaType"),
                digest,
                size,
                platform,
                node.text("artifactType"),
                Collections.unmodifiableMap(node.field("annotations").texts()),
                data(node.text("data")).filter(data -> data.length == size && digest.matches(data)));
    }

    private static Optional<byte[]> data(String base64) {
        try {
            return base64.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The original bytes of the manifest. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public String mediaType() {
        return mediaType;
    }

    /** The requested digest, or else the sha256 digest of the bytes. */
    public Digest digest() {
        return digest;
    }

    /** The manifests in an index; empty for a plain manifest. */
    public List<Descriptor> children() {
        return children;
    }

    /** The configuration and layers, or the blobs in an index, without those that need not be stored. */
    public List<Descriptor> blobs() {
        return blobs.stream()
                .filter(blob -> !MediaTypes.isKeptElsewhere(blob.mediaType()))
                .toList();
    }

    /** Layers that need not be stored with the image, and may be missing from a registry. */
    public List<Descriptor> optionalBlobs() {
        return blobs.stream()
                .filter(blob -> MediaTypes.isKeptElsewhere(blob.mediaType()))
                .toList();
    }

    /** The subject of this manifest, as for a signature of an image. */
    public Optional<Descriptor> subject() {
        return subject;
    }

    /** The artifact type; if it is not set, the media type of the configuration. */
    public String artifactType() {
        return artifactType.isEmpty() ? config.map(Descriptor::mediaType).orElse("") : artifactType;
    }

    /** The configuration of a manifest; empty for an index. */
    public Optional<Descriptor> config() {
        return config;
    }

    /** Annotations of the manifest or index itself (OCI image specification, "Annotations"). */
    public Map<String, String> annotations() {
        return annotations;
    }

    /** The platforms in an index, without build attestations ({@code unknown/unknown}). */
    public List<String> platforms() {
        return children.stream()
                .map(Descriptor::platform)
                .filter(p -> !p.isEmpty() && !p.startsWith("unknown/"))
                .distinct()
                .toList();
    }
}
