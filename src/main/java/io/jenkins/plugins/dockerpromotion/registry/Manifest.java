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
 * A manifest or index: the bytes as the registry keeps them, which are never written anew, and what they refer to.
 * A manifest of a kind nobody has heard of is read as far as it looks like the known ones.
 */
public final class Manifest {

    /** Hundred times what the largest images have; each is a request to send. */
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
     * Reads a manifest; its digest is the sha256 one.
     *
     * @param announced the media type the registry names, empty if none
     * @throws IllegalArgumentException in one line, if the bytes are no manifest
     */
    public static Manifest parse(byte[] bytes, String announced) {
        return parse(bytes, announced, Digest.sha256(bytes));
    }

    /**
     * Reads a manifest that is known by {@code digest}, of whichever algorithm: an index may list it by sha512.
     *
     * @param announced the media type the registry names, empty if none
     * @throws IllegalArgumentException in one line, if the bytes are no manifest
     */
    static Manifest parse(byte[] bytes, String announced, Digest digest) {
        Json json = Json.parse(bytes)
                .filter(Json::isObject)
                .orElseThrow(() -> new IllegalArgumentException("the manifest is not a JSON object"));
        String mediaType = MediaTypes.of(json, announced);
        if (!MediaTypes.isValid(mediaType)) {
            throw new IllegalArgumentException("the manifest's media type is none");
        }
        return new Manifest(bytes.clone(), mediaType, digest, json);
    }

    /** Whether {@code bytes} are JSON with a list of manifests, be it empty. */
    static boolean isIndex(byte[] bytes) {
        return Json.parse(bytes)
                .filter(json -> json.field("manifests").isArray())
                .isPresent();
    }

    /** What does not look like a descriptor is an error in a manifest whose kind is known, and its own business elsewhere. */
    private static List<Descriptor> descriptors(List<Json> nodes, boolean known) {
        if (nodes.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("the manifest lists more than " + MAX_DESCRIPTORS + " things");
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

    /** The bytes whose digest this manifest has. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public String mediaType() {
        return mediaType;
    }

    /** The digest it was asked for by, or else the sha256 digest of the bytes. */
    public Digest digest() {
        return digest;
    }

    /** The manifests an index lists; none for a plain manifest. */
    public List<Descriptor> children() {
        return children;
    }

    /** Configuration and layers; of an index, what it lists besides manifests. Those that need not be stored are left out. */
    public List<Descriptor> blobs() {
        return blobs.stream()
                .filter(blob -> !MediaTypes.isKeptElsewhere(blob.mediaType()))
                .toList();
    }

    /** Layers that need not be stored beside the image, and which a registry may lack. */
    public List<Descriptor> optionalBlobs() {
        return blobs.stream()
                .filter(blob -> MediaTypes.isKeptElsewhere(blob.mediaType()))
                .toList();
    }

    /** The manifest that this one refers to, as a signature refers to an image. */
    public Optional<Descriptor> subject() {
        return subject;
    }

    /** What kind of artifact this is: where it does not say, the media type of its configuration tells. */
    public String artifactType() {
        return artifactType.isEmpty() ? config.map(Descriptor::mediaType).orElse("") : artifactType;
    }

    /** The configuration of a manifest, which says more about the image; none for an index. */
    public Optional<Descriptor> config() {
        return config;
    }

    /** Annotations of the manifest or index itself (OCI image specification, "Annotations"). */
    public Map<String, String> annotations() {
        return annotations;
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
