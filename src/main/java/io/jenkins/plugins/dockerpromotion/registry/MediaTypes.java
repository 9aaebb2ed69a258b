package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The media types of manifests (OCI image specification, "Media Types"; Docker's manifest version 2, schema 2). */
public final class MediaTypes {

    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /** The kinds whose every part is understood. */
    static final Set<String> KNOWN = Set.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST);

    /** The value of {@code Accept} for manifests: the four that matter, and whatever else somebody stored. */
    static final String ACCEPT =
            String.join(", ", List.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, "*/*;q=0.1"));

    /** What Docker's first manifests were; their digest is not that of their bytes. */
    static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    /** Layers that no registry is meant to hold. */
    private static final Set<String> ELSEWHERE = Set.of(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd");

    private static final Pattern GRAMMAR = Pattern.compile("[!-~&&[^/]]{1,127}/[!-~&&[^/]]{1,127}");

    private MediaTypes() {}

    /** What a manifest says it is; one that says nothing is of OCI's kinds, where saying so is left to everybody. */
    static String of(JsonValue manifest) {
        String own = manifest.text("mediaType");
        if (!own.isEmpty()) {
            return own;
        }
        if (manifest.number("schemaVersion", 0) == 1) {
            return SCHEMA_1 + "+json";
        }
        return manifest.field("manifests").isArray() ? OCI_INDEX : OCI_MANIFEST;
    }

    /** What an answer says its manifest is; empty where it says nothing that helps. */
    static String announced(Answer answer) {
        String type = answer.header("Content-Type").orElse("");
        int parameters = type.indexOf(';');
        String mediaType = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        return isVague(mediaType) ? "" : mediaType;
    }

    /** Types that simple servers put on anything; the manifest names its own better. */
    private static boolean isVague(String mediaType) {
        return mediaType.equals("application/json")
                || mediaType.equals("application/octet-stream")
                || mediaType.startsWith("text/");
    }

    /** Whether {@code mediaType} can stand in a header (RFC 6838, section 4.2). */
    static boolean isValid(String mediaType) {
        return GRAMMAR.matcher(mediaType).matches();
    }

    static boolean isKeptElsewhere(String mediaType) {
        return ELSEWHERE.contains(mediaType);
    }
}
