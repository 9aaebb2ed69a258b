package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An image: the exact bytes of its manifest, and the blobs and manifests that it refers to. */
public interface TestImage {

    String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    /** The four media types that clients must accept; the value of an {@code Accept} header. */
    String ALL_MANIFESTS = String.join(", ", OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST);

    String mediaType();

    /** The bytes of the manifest. */
    byte[] bytes();

    /** The config and the layers by digest, the config first; empty for an index. */
    Map<String, Content> blobs();

    /** The manifests in an index, in order. */
    default List<TestImage> children() {
        return List.of();
    }

    /** {@code os/architecture[/variant]}; empty if the manifest has no such configuration. */
    default Optional<Platform> platform() {
        return Optional.empty();
    }

    default String digest() {
        return Content.digestOf(bytes());
    }

    /** The length of the manifest in bytes. */
    default int size() {
        return bytes().length;
    }

    /** A Docker schema 2 image. The same seed gives the same image. */
    static SingleImage docker(long seed) {
        return SingleImage.docker(seed);
    }

    /** An OCI image. The same seed gives the same image. */
    static SingleImage oci(long seed) {
        return SingleImage.oci(seed);
    }

    static ImageIndex ociIndex(TestImage... children) {
        return new ImageIndex(OCI_INDEX, List.of(children), Map.of(), JsonLayout.INDENTED);
    }

    static ImageIndex dockerList(TestImage... children) {
        return new ImageIndex(DOCKER_LIST, List.of(children), Map.of(), JsonLayout.INDENTED);
    }

    /** A manifest with arbitrary bytes and any media type, even an unknown one. */
    static TestImage raw(String mediaType, byte[] bytes) {
        return new RawImage(mediaType, bytes, Map.of());
    }

    static TestImage raw(String mediaType, String text) {
        return raw(mediaType, Content.of(text).bytes());
    }

    /** {@code variant} may be empty. */
    record Platform(String os, String architecture, String variant) {

        public Platform(String os, String architecture) {
            this(os, architecture, "");
        }
    }

    /** A manifest with arbitrary bytes. */
    record RawImage(String mediaType, byte[] bytes, Map<String, Content> blobs) implements TestImage {}

    /** An OCI index or a Docker manifest list. */
    public record ImageIndex(
            String mediaType, List<TestImage> children, Map<String, String> annotations, JsonLayout layout)
            implements TestImage {

        public ImageIndex {
            children = List.copyOf(children);
            annotations = Map.copyOf(annotations);
        }

        public ImageIndex withLayout(JsonLayout changed) {
            return new ImageIndex(mediaType, children, annotations, changed);
        }

        public ImageIndex withAnnotation(String name, String value) {
            Map<String, String> more = new TreeMap<>(annotations);
            more.put(name, value);
            return new ImageIndex(mediaType, children, more, layout);
        }

        @Override
        public byte[] bytes() {
            return layout.render(ImageJson.index(this));
        }

        @Override
        public Map<String, Content> blobs() {
            return Map.of();
        }
    }
}
