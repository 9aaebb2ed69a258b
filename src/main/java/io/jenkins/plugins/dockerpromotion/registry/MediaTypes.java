package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The media types of manifests (OCI image specification, "Media Types"; Docker's manifest version 2, schema 2). */
public final class MediaTypes {

    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /** The types that are fully supported. */
    static final Set<String> KNOWN = Set.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST);

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

    private static final Pattern GRAMMAR = Pattern.compile("[!-~&&[^/]]{1,127}/[!-~&&[^/]]{1,127}");

    private MediaTypes() {}

    /**
     * The media type of a manifest: as in the manifest, if that is a known type; otherwise as announced, if that is a
     * manifest type; otherwise by its structure, because OCI manifests need not contain their type.
     *
     * @param announced the media type in the answer, or empty
     * @throws IllegalArgumentException if the answer is not a manifest, such as an error with status 200
     */
    static String of(Json manifest, String announced) {
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
    static String announced(Answer answer) {
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
    static boolean isValid(String mediaType) {
        return GRAMMAR.matcher(mediaType).matches();
    }

    /** Whether this is a manifest in an index. Old indexes have no type. */
    static boolean isManifest(String mediaType) {
        return mediaType.isEmpty()
                || KNOWN.contains(mediaType)
                || OTHER_MANIFEST.matcher(mediaType).find();
    }

    /** Whether this type lists other manifests. */
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    static boolean isKeptElsewhere(String mediaType) {
        return ELSEWHERE.stream().anyMatch(mediaType::startsWith);
    }
}
