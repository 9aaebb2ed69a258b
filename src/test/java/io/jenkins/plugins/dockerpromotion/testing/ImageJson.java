package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.TestImage.ImageIndex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds configs, manifests and indexes. The order of fields is fixed, so that digests are stable. */
final class ImageJson {

    private ImageJson() {}

    static Map<String, Object> config(SingleImage image, List<Content> layers) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("created", image.created().toString());
        image.platform().ifPresent(platform -> config.putAll(platform(platform)));
        config.put("config", image.labels().isEmpty() ? Map.of() : Map.of("Labels", image.labels()));
        List<String> diffs = layers.stream().map(Content::digest).toList();
        config.put("rootfs", new TreeMap<>(Map.of("type", "layers", "diff_ids", diffs)));
        return config;
    }

    static Map<String, Object> index(ImageIndex index) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", index.mediaType());
        json.put("manifests", index.children().stream().map(ImageJson::child).toList());
        annotate(json, index.annotations());
        return json;
    }

    static Map<String, Object> descriptor(TestImage image) {
        return descriptor(image.mediaType(), image.digest(), image.size());
    }

    static Map<String, Object> descriptor(String mediaType, String digest, long size) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digest);
        descriptor.put("size", size);
        return descriptor;
    }

    /** Builds an OCI manifest; {@code config} and {@code layers} are descriptors. */
    static TestImage manifest(
            Map<String, Object> config,
            List<Map<String, Object>> layers,
            Map<String, Object> more,
            Map<String, Content> blobs) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", TestImage.OCI_MANIFEST);
        manifest.put("config", config);
        manifest.put("layers", layers);
        manifest.putAll(more);
        return new TestImage.RawImage(TestImage.OCI_MANIFEST, TestJson.bytes(manifest), blobs);
    }

    static void annotate(Map<String, Object> json, Map<String, String> annotations) {
        if (!annotations.isEmpty()) {
            json.put("annotations", new TreeMap<>(annotations));
        }
    }

    private static Map<String, Object> child(TestImage child) {
        Map<String, Object> descriptor = descriptor(child);
        child.platform().ifPresent(platform -> descriptor.put("platform", platform(platform)));
        return descriptor;
    }

    private static Map<String, Object> platform(TestImage.Platform platform) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architecture", platform.architecture());
        json.put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            json.put("variant", platform.variant());
        }
        return json;
    }
}
