package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tag as Docker Hub's API shows it. */
final class HubTagView {

    private final Repository repository;
    private final boolean unconfirmedFields;
    private final Map<String, List<Map<String, Object>>> imagesByDigest = new HashMap<>();

    HubTagView(Repository repository, boolean unconfirmedFields) {
        this.repository = repository;
        this.unconfirmedFields = unconfirmedFields;
    }

    Map<String, Object> json(Repository.Tag tag) {
        List<Map<String, Object>> images = imagesByDigest.computeIfAbsent(tag.digest(), this::images);
        String pushed = tag.pushed().toString();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", tag.push());
        json.put("name", tag.name());
        json.put("images", images.stream().map(image -> with(image, pushed)).toList());
        json.put("last_updated", pushed);
        json.put("last_updater_username", "ci");
        json.put("full_size", images.isEmpty() ? 0 : images.get(0).get("size"));
        json.put("v2", true);
        json.put("tag_status", "active");
        json.put("tag_last_pulled", null);
        json.put("tag_last_pushed", pushed);
        if (unconfirmedFields) {
            json.put(
                    "media_type",
                    repository
                            .manifest(tag.digest())
                            .map(StoredManifest::mediaType)
                            .orElse(null));
            json.put("content_type", "image");
            json.put("digest", tag.digest());
        }
        return json;
    }

    /** An index has one entry per child that it holds, an image one for itself. */
    private List<Map<String, Object>> images(String digest) {
        List<Map<String, Object>> images = new ArrayList<>();
        repository.manifest(digest).ifPresent(manifest -> {
            if (manifest.json().has("manifests")) {
                manifest.children().forEach(child -> images.addAll(images(child)));
            } else {
                images.add(image(manifest));
            }
        });
        return images;
    }

    private Map<String, Object> image(StoredManifest manifest) {
        JsonNode config = manifest.config()
                .flatMap(it -> repository.blob(it.path("digest").asText()))
                .map(blob -> Json.parse(blob.bytes()))
                .orElse(MissingNode.getInstance());
        long size = 0;
        for (JsonNode layer : manifest.json().path("layers")) {
            size += layer.path("size").asLong();
        }
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("architecture", config.path("architecture").asText("unknown"));
        image.put("features", "");
        image.put("variant", config.path("variant").asText(null));
        image.put("digest", manifest.digest());
        image.put("os", config.path("os").asText("unknown"));
        image.put("os_features", "");
        image.put("os_version", null);
        image.put("size", size);
        image.put("status", "active");
        return image;
    }

    private static Map<String, Object> with(Map<String, Object> image, String pushed) {
        Map<String, Object> dated = new LinkedHashMap<>(image);
        dated.put("last_pulled", null);
        dated.put("last_pushed", pushed);
        return dated;
    }
}
