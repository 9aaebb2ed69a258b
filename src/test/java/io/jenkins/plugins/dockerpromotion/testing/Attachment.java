package io.jenkins.plugins.dockerpromotion.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Attachments as cosign and similar tools store them: the manifest or the tag contains the image's digest. */
public final class Attachment {

    private static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

    private Attachment() {}

    /** A referrer of {@code subject}. The same seed gives the same referrer. */
    public static SingleImage referrer(long seed, TestImage subject, String artifactType) {
        return TestImage.oci(seed)
                .withSubject(subject)
                .withArtifactType(artifactType)
                .withAnnotation("org.example.seed", Long.toString(seed));
    }

    /** {@code sha256-<hex>}, the prefix of attachment tags. */
    public static String tag(TestImage subject) {
        return subject.digest().replace(':', '-');
    }

    /** The index under {@link #tag} that clients maintain if a registry has no referrers API. */
    public static TestImage fallback(TestImage... referrers) {
        return index(Arrays.stream(referrers)
                .map(referrer -> ImageJson.descriptor(referrer))
                .toList());
    }

    /** An OCI index with these descriptors. */
    public static TestImage index(List<Map<String, Object>> entries) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", TestImage.OCI_INDEX);
        index.put("manifests", entries);
        return TestImage.raw(TestImage.OCI_INDEX, TestJson.bytes(index));
    }

    /**
     * The manifest of cosign's {@code .sig} tag, with one layer per signature.
     *
     * @param signatures {@code payload=signature}; equal payloads share a blob
     */
    public static TestImage cosign(String... signatures) {
        return cosign("", signatures);
    }

    /** The manifest of cosign's {@code .att} tag, with one layer per attestation of this predicate type. */
    public static TestImage attestations(String predicateType, String... signatures) {
        return cosign(predicateType, signatures);
    }

    private static TestImage cosign(String predicateType, String... signatures) {
        Map<String, Content> blobs = new LinkedHashMap<>();
        List<Map<String, Object>> layers = new ArrayList<>();
        List<Map<String, Object>> history = new ArrayList<>();
        List<String> diffIds = new ArrayList<>();
        for (String signature : signatures) {
            String[] parts = signature.split("=");
            Content payload = Content.of("{\"critical\":\"" + parts[0] + "\"}");
            blobs.put(payload.digest(), payload);
            Map<String, Object> layer = ImageJson.descriptor(SIMPLE_SIGNING, payload.digest(), payload.size());
            Map<String, String> annotations = new TreeMap<>(Map.of("dev.cosignproject.cosign/signature", parts[1]));
            if (!predicateType.isEmpty()) {
                annotations.put("predicateType", predicateType);
            }
            layer.put("annotations", annotations);
            layers.add(layer);
            diffIds.add(payload.digest());
            history.add(Map.of("created", "0001-01-01T00:00:00Z"));
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", "");
        config.put("history", history);
        config.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
        Content content = Content.of(TestJson.bytes(config));
        blobs.put(content.digest(), content);
        return ImageJson.manifest(
                ImageJson.descriptor(TestImage.OCI_CONFIG, content.digest(), content.size()), layers, Map.of(), blobs);
    }
}
