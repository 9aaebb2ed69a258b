package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An image for one platform, with a config and generated layers; Docker schema 2 or OCI. */
public final class SingleImage implements TestImage, Cloneable {

    private static final Instant EPOCH = Instant.parse("2019-05-20T08:00:00Z");

    private final boolean oci;
    private final long seed;
    private Platform platform = new Platform("linux", "amd64");
    private Instant created;
    private Map<String, String> labels = Map.of();
    private Map<String, String> annotations = Map.of();
    private List<Long> layerSizes = List.of(700L, 300L);
    private Optional<TestImage> subject = Optional.empty();
    private Optional<String> artifactType = Optional.empty();
    private JsonLayout layout = JsonLayout.INDENTED;
    private Map<String, Content> blobs;
    private byte[] bytes;

    private SingleImage(boolean oci, long seed) {
        this.oci = oci;
        this.seed = seed;
        this.created = EPOCH.plusSeconds(60 * Math.floorMod(seed, 1_000_000L));
    }

    static SingleImage docker(long seed) {
        return new SingleImage(false, seed);
    }

    static SingleImage oci(long seed) {
        return new SingleImage(true, seed);
    }

    public SingleImage withPlatform(String os, String architecture) {
        return with(image -> image.platform = new Platform(os, architecture));
    }

    public SingleImage withPlatform(String os, String architecture, String variant) {
        return with(image -> image.platform = new Platform(os, architecture, variant));
    }

    public SingleImage withCreated(Instant at) {
        return with(image -> image.created = at);
    }

    public SingleImage withLabel(String name, String value) {
        return with(image -> image.labels = plus(labels, name, value));
    }

    public SingleImage withAnnotation(String name, String value) {
        return with(image -> image.annotations = plus(annotations, name, value));
    }

    /** One layer per size in bytes. A large layer takes no memory, but computing its digest takes time. */
    public SingleImage withLayers(long... sizes) {
        return with(image -> image.layerSizes = Arrays.stream(sizes).boxed().toList());
    }

    /** Makes this image a referrer of another manifest, like a signature or an SBOM. */
    public SingleImage withSubject(TestImage other) {
        return with(image -> image.subject = Optional.of(other));
    }

    public SingleImage withArtifactType(String type) {
        return with(image -> image.artifactType = Optional.of(type));
    }

    public SingleImage withLayout(JsonLayout changed) {
        return with(image -> image.layout = changed);
    }

    @Override
    public String mediaType() {
        return oci ? OCI_MANIFEST : DOCKER_MANIFEST;
    }

    @Override
    public Optional<Platform> platform() {
        return Optional.of(platform);
    }

    public Map<String, String> labels() {
        return labels;
    }

    public Instant created() {
        return created;
    }

    @Override
    public synchronized Map<String, Content> blobs() {
        if (blobs == null) {
            List<Content> layers = layers();
            Content config = Content.of(TestJson.bytes(ImageJson.config(this, layers)));
            Map<String, Content> all = new LinkedHashMap<>();
            all.put(config.digest(), config);
            layers.forEach(layer -> all.put(layer.digest(), layer));
            blobs = all;
        }
        return blobs;
    }

    @Override
    public synchronized byte[] bytes() {
        if (bytes == null) {
            bytes = layout.render(manifest());
        }
        return bytes.clone();
    }

    private Map<String, Object> manifest() {
        List<Map<String, Object>> descriptors = new ArrayList<>();
        blobs().forEach((digest, content) ->
                descriptors.add(ImageJson.descriptor(layerType(), digest, content.size())));
        descriptors.get(0).put("mediaType", oci ? OCI_CONFIG : DOCKER_CONFIG);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", mediaType());
        artifactType.ifPresent(type -> manifest.put("artifactType", type));
        manifest.put("config", descriptors.get(0));
        manifest.put("layers", descriptors.subList(1, descriptors.size()));
        subject.ifPresent(it -> manifest.put("subject", ImageJson.descriptor(it)));
        ImageJson.annotate(manifest, annotations);
        return manifest;
    }

    private List<Content> layers() {
        List<Content> layers = new ArrayList<>();
        for (long size : layerSizes) {
            layers.add(Content.generated(seed * 1000 + layers.size(), size));
        }
        return layers;
    }

    private String layerType() {
        return oci ? OCI_LAYER : DOCKER_LAYER;
    }

    private static Map<String, String> plus(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }

    private SingleImage with(Consumer<SingleImage> change) {
        try {
            SingleImage copy = (SingleImage) clone();
            copy.blobs = null;
            copy.bytes = null;
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
