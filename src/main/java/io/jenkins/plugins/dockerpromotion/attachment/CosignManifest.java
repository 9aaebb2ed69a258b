package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The manifest under a tag of cosign's older format: an image manifest whose layers are the signatures or attestations,
 * and whose configuration lists them again. Two of them are merged by adding the layers of one to the other.
 *
 * @param manifest the manifest that the tag will point to
 * @param config its configuration, if the merge created a new one
 */
record CosignManifest(Manifest manifest, Optional<byte[]> config) {

    /** The limit of cosign. */
    private static final int MAX_LAYERS = 1_000;

    private static final int MAX_CONFIG = 4 * 1024 * 1024;

    /** An SBOM is one document, so two of them cannot be merged. */
    private static final Set<String> MERGEABLE = Set.of(".sig", ".att");

    /**
     * The layers of {@code source} that {@code target} lacks. Two signatures of one payload differ in an annotation.
     */
    static List<Object> layersMissing(Manifest source, Manifest target) {
        List<Object> missing = new ArrayList<>(layers(source));
        missing.removeAll(layers(target));
        return missing;
    }

    private static List<Object> layers(Manifest manifest) {
        return items(Json.parse(manifest.bytes()).orElseThrow(), "layers");
    }

    private static List<Object> items(Json json, String field) {
        return json.field(field).items().stream().map(Json::plain).toList();
    }

    private static Map<String, Object> fields(Json json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        json.names().forEach(name -> fields.put(name, json.field(name).plain()));
        return fields;
    }

    /**
     * Merges all layers of {@code source} into the manifest of a tag.
     *
     * @param present the manifest that the tag points to now
     * @return empty if it already has all of them
     * @throws RegistryException with status 409 if they cannot be merged
     */
    static Optional<CosignManifest> merge(
            Manifest source, AttachmentFinder from, Optional<Manifest> present, AttachmentFinder to, AttachmentTag tag)
            throws RegistryException, InterruptedException {
        if (present.isEmpty()) {
            return Optional.of(new CosignManifest(source, Optional.empty()));
        }
        Manifest target = present.get();
        List<Object> missing = layersMissing(source, target);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        require(MERGEABLE.contains(tag.suffix()) && source.mediaType().equals(target.mediaType()), tag, from, to);
        if (layersMissing(target, source).isEmpty()) {
            return Optional.of(new CosignManifest(source, Optional.empty()));
        }
        List<Object> layers = new ArrayList<>(layers(target));
        layers.addAll(missing);
        require(layers.size() <= MAX_LAYERS, tag, from, to);
        Map<String, Object> json = fields(Json.parse(target.bytes()).orElseThrow());
        json.put("layers", layers);
        Optional<byte[]> config = Optional.empty();
        if (!digestOfConfig(source).equals(digestOfConfig(target))) {
            config = config(source, config(source, from), target, config(target, to));
            require(config.isPresent(), tag, from, to);
            Map<String, Object> descriptor =
                    fields(Json.parse(target.bytes()).orElseThrow().field("config"));
            descriptor.put("digest", Digest.sha256(config.get()).toString());
            descriptor.put("size", config.get().length);
            descriptor.remove("data");
            json.put("config", descriptor);
        }
        return Optional.of(new CosignManifest(Manifest.parse(Json.write(json), target.mediaType()), config));
    }

    private static void require(boolean mergeable, AttachmentTag tag, AttachmentFinder from, AttachmentFinder to)
            throws RegistryException {
        if (!mergeable) {
            throw new RegistryException(
                    "Cannot merge " + from.tagged(tag.tag()) + " with " + to.tagged(tag.tag())
                            + "; the latter stays unchanged",
                    AttachmentCopier.REFUSED);
        }
    }

    private static Optional<Digest> digestOfConfig(Manifest manifest) {
        return manifest.config().map(Descriptor::digest);
    }

    private static Optional<Json> config(Manifest manifest, AttachmentFinder of)
            throws RegistryException, InterruptedException {
        Optional<Descriptor> config = manifest.config().filter(c -> c.size() >= 0 && c.size() <= MAX_CONFIG);
        return config.isEmpty() ? Optional.empty() : Json.parse(of.registry().readBlob(of.image(), config.get()));
    }

    /** The target's configuration with the source's entries for the added layers. */
    private static Optional<byte[]> config(
            Manifest source, Optional<Json> ofSource, Manifest target, Optional<Json> ofTarget) {
        List<Object> sourceLayers = layers(source);
        List<Object> targetLayers = layers(target);
        List<Object> sourceIds =
                ofSource.map(c -> items(c.field("rootfs"), "diff_ids")).orElse(List.of());
        List<Object> targetIds =
                ofTarget.map(c -> items(c.field("rootfs"), "diff_ids")).orElse(List.of());
        if (sourceIds.size() != sourceLayers.size() || targetIds.size() != targetLayers.size()) {
            return Optional.empty();
        }
        List<Object> sourceHistory = items(ofSource.get(), "history");
        List<Object> ids = new ArrayList<>(targetIds);
        List<Object> history = new ArrayList<>(items(ofTarget.get(), "history"));
        boolean withHistory = sourceHistory.size() == sourceLayers.size() && history.size() == targetLayers.size();
        for (int i = 0; i < sourceLayers.size(); i++) {
            if (!targetLayers.contains(sourceLayers.get(i))) {
                ids.add(sourceIds.get(i));
                if (withHistory) {
                    history.add(sourceHistory.get(i));
                }
            }
        }
        Map<String, Object> json = fields(ofTarget.get());
        Map<String, Object> rootfs = fields(ofTarget.get().field("rootfs"));
        rootfs.put("diff_ids", ids);
        json.put("rootfs", rootfs);
        if (withHistory) {
            json.put("history", history);
        }
        return Optional.of(Json.write(json));
    }

    /** Stores the configuration, if it is new, and moves the tag to the manifest. */
    void store(AttachmentFinder repository, AttachmentTag tag) throws RegistryException, InterruptedException {
        if (config.isPresent()) {
            Descriptor blob = manifest.config().orElseThrow();
            Optional<URI> upload = repository.registry().startUpload(repository.image(), blob.digest());
            if (upload.isPresent()) {
                repository
                        .registry()
                        .upload(repository.image(), blob, upload.get(), new ByteArrayInputStream(config.get()));
            }
        }
        repository.registry().push(repository.tagged(tag.tag()), manifest);
    }
}
