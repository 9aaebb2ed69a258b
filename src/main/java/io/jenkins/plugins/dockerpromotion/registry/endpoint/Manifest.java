package io.jenkins.plugins.dockerpromotion.registry.endpoint;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import io.jenkins.plugins.dockerpromotion.registry.reference.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A manifest or index: the bytes as the registry keeps them, which are never written anew, and what they refer to.
 * A manifest of a kind nobody has heard of is read as far as it looks like the known ones.
 */
public final class Manifest {

    private final byte[] bytes;
    private final String mediaType;
    private final Digest digest;
    private final List<Descriptor> children;
    private final List<Descriptor> blobs;

    private Manifest(byte[] bytes, String mediaType, List<Descriptor> children, List<Descriptor> blobs) {
        this.bytes = bytes;
        this.mediaType = mediaType;
        this.digest = Digest.sha256(bytes);
        this.children = List.copyOf(children);
        this.blobs = List.copyOf(blobs);
    }

    /**
     * Reads a manifest.
     *
     * @param announced the media type the registry names, empty if none
     * @throws IllegalArgumentException in one line, if the bytes are no manifest
     */
    public static Manifest parse(byte[] bytes, String announced) {
        JsonValue json = Json.parse(bytes)
                .filter(JsonValue::isObject)
                .orElseThrow(() -> new IllegalArgumentException("the manifest is not a JSON object"));
        String mediaType = announced.isEmpty() ? MediaTypes.of(json) : announced;
        if (!MediaTypes.isValid(mediaType)) {
            throw new IllegalArgumentException("the manifest's media type is none");
        }
        boolean known = MediaTypes.KNOWN.contains(mediaType);
        List<Descriptor> blobs = new ArrayList<>();
        Stream.of(
                        List.of(json.field("config")),
                        json.field("layers").items(),
                        json.field("blobs").items())
                .flatMap(List::stream)
                .forEach(node -> addDescriptor(node, known, blobs));
        blobs.removeIf(b -> MediaTypes.isKeptElsewhere(b.mediaType()));
        List<Descriptor> children = new ArrayList<>();
        json.field("manifests").items().forEach(node -> addDescriptor(node, known, children));
        return new Manifest(bytes.clone(), mediaType, children, blobs);
    }

    /** What does not look like a descriptor is an error in a manifest whose kind is known, and its own business elsewhere. */
    private static void addDescriptor(JsonValue node, boolean known, List<Descriptor> found) {
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

    private static Descriptor descriptor(JsonValue node) {
        Digest digest = Digest.parse(node.text("digest"));
        String platform = Stream.of("os", "architecture", "variant")
                .map(node.field("platform")::text)
                .filter(p -> !p.isEmpty())
                .collect(Collectors.joining("/"));
        return new Descriptor(node.text("mediaType"), digest, node.number("size", -1), platform);
    }

    /** The bytes whose digest this manifest has. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public String mediaType() {
        return mediaType;
    }

    /** The sha256 digest of the bytes. */
    public Digest digest() {
        return digest;
    }

    /** The manifests an index lists; none for a plain manifest. */
    public List<Descriptor> children() {
        return children;
    }

    /** Configuration and layers, those left out that no registry holds; none for an index. */
    public List<Descriptor> blobs() {
        return blobs;
    }

    /** The platforms an index lists; build attestations, which call themselves {@code unknown/unknown}, are none. */
    public List<String> platforms() {
        return children.stream()
                .map(Descriptor::platform)
                .filter(p -> !p.isEmpty() && !p.startsWith("unknown/"))
                .distinct()
                .toList();
    }
}
