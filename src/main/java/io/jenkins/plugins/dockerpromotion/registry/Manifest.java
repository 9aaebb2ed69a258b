package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A manifest or index: its original bytes, which are never serialized again, and the content that it refers to. An
 * unknown type is read as far as it looks like the known ones.
 */
public final class Manifest {

    // The media types of the OCI image specification ("Media Types"), and of Docker's manifest version 2, schema 2.

    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /** The types that are fully supported. */
    private static final Set<String> KNOWN = Set.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST);

    /** The value of {@code Accept} for manifests: the four common types, and any other. */
    static final String ACCEPT =
            String.join(", ", List.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, "*/*;q=0.1"));

    /** Docker's first manifest format, whose digest is not that of its bytes. */
    static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    /** Types of tools and of later specifications, and the artifact manifest that OCI removed before the release. */
    private static final Pattern OTHER_MANIFEST = Pattern.compile("\\.(manifest|index)\\b");

    /** Non-distributable layers, with any compression. */
    private static final List<String> ELSEWHERE = List.of(
            "application/vnd.docker.image.rootfs.foreign.diff.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar");

    private static final Pattern MEDIA_TYPE = Pattern.compile("[!-~&&[^/]]{1,127}/[!-~&&[^/]]{1,127}");

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
        boolean known = KNOWN.contains(mediaType);
        List<Descriptor> listed = descriptors(json.field("manifests").items(), known);
        this.children =
                listed.stream().filter(entry -> isManifest(entry.mediaType())).toList();
        this.config = descriptors(List.of(json.field("config")), known).stream().findFirst();
        // A BuildKit cache is an index of layers.
        this.blobs = Stream.of(
                        listed.stream()
                                .filter(entry -> !isManifest(entry.mediaType()))
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
        String mediaType = mediaType(json, announced);
        if (!isValidType(mediaType)) {
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
        return blobs.stream().filter(blob -> !isKeptElsewhere(blob.mediaType())).toList();
    }

    /** Layers that need not be stored with the image, and may be missing from a registry. */
    public List<Descriptor> optionalBlobs() {
        return blobs.stream().filter(blob -> isKeptElsewhere(blob.mediaType())).toList();
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

    /**
     * The media type of a manifest: as in the manifest, if that is a known type; otherwise as announced, if that is a
     * manifest type; otherwise by its structure, because OCI manifests need not contain their type.
     *
     * @param announced the media type in the answer, or empty
     * @throws IllegalArgumentException if the answer is not a manifest, such as an error with status 200
     */
    private static String mediaType(Json manifest, String announced) {
        String own = manifest.text("mediaType");
        if (KNOWN.contains(own)) {
            return own;
        }
        boolean old = announced.startsWith(SCHEMA_1) && manifest.number("schemaVersion", 1) != 1;
        if (!announced.isEmpty() && !old && (isManifest(announced) || own.isEmpty() && !looksFamiliar(manifest))) {
            return announced;
        }
        if (!own.isEmpty()) {
            return own;
        }
        if (manifest.number("schemaVersion", 0) == 1) {
            return SCHEMA_1 + "+json";
        }
        if (!looksFamiliar(manifest)) {
            throw new IllegalArgumentException("it is not a manifest: it has neither a media type nor layers");
        }
        return manifest.field("manifests").isArray() ? OCI_INDEX : OCI_MANIFEST;
    }

    private static boolean looksFamiliar(Json manifest) {
        long version = manifest.number("schemaVersion", 0);
        return version == 1
                || version == 2
                        && (manifest.field("manifests").isArray()
                                || manifest.field("layers").isArray());
    }

    /** The media type in an answer; empty if it is missing or too general. */
    static String announcedType(Answer answer) {
        String type = answer.header("Content-Type").orElse("");
        int parameters = type.indexOf(';');
        String mediaType = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        return isVague(mediaType) ? "" : mediaType;
    }

    /** General types that simple servers use for any file. The manifest contains a better one. */
    private static boolean isVague(String mediaType) {
        return mediaType.equals("application/json")
                || mediaType.equals("application/octet-stream")
                || mediaType.startsWith("text/");
    }

    /** Whether {@code mediaType} can stand in a header (RFC 6838, section 4.2). */
    private static boolean isValidType(String mediaType) {
        return MEDIA_TYPE.matcher(mediaType).matches();
    }

    /** Whether this is a manifest in an index. Old indexes have no type. */
    private static boolean isManifest(String mediaType) {
        return mediaType.isEmpty()
                || KNOWN.contains(mediaType)
                || OTHER_MANIFEST.matcher(mediaType).find();
    }

    /** Whether this type lists other manifests. */
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    private static boolean isKeptElsewhere(String mediaType) {
        return ELSEWHERE.stream().anyMatch(mediaType::startsWith);
    }
}
