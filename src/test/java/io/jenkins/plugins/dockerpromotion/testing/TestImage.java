package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An image as a registry holds it: the exact bytes of its manifest, and the blobs and manifests those name. */
public interface TestImage {

    String mediaType();

    /** The manifest, byte for byte. */
    byte[] bytes();

    /** Config and layers by digest, config first; empty for an index. */
    Map<String, Content> blobs();

    /** The manifests of an index, in its order. */
    default List<TestImage> children() {
        return List.of();
    }

    /** {@code os/architecture[/variant]}; empty where the manifest has no config that says so. */
    default Optional<Platform> platform() {
        return Optional.empty();
    }

    default String digest() {
        return Content.digestOf(bytes());
    }

    /** Length of the manifest in bytes. */
    default int size() {
        return bytes().length;
    }

    /** A Docker schema 2 image; equal seeds give equal images. */
    static SingleImage docker(long seed) {
        return SingleImage.docker(seed);
    }

    /** An OCI image; equal seeds give equal images. */
    static SingleImage oci(long seed) {
        return SingleImage.oci(seed);
    }

    static ImageIndex ociIndex(TestImage... children) {
        return new ImageIndex(MediaTypes.OCI_INDEX, List.of(children), Map.of(), JsonLayout.INDENTED);
    }

    static ImageIndex dockerList(TestImage... children) {
        return new ImageIndex(MediaTypes.DOCKER_LIST, List.of(children), Map.of(), JsonLayout.INDENTED);
    }

    /** Any bytes under any media type, also one that no client knows. */
    static TestImage raw(String mediaType, byte[] bytes) {
        return new RawImage(mediaType, bytes);
    }

    static TestImage raw(String mediaType, String text) {
        return raw(mediaType, Content.of(text).bytes());
    }

    /** What a manifest runs on; {@code variant} is empty where there is none. */
    record Platform(String os, String architecture, String variant) {

        public Platform(String os, String architecture) {
            this(os, architecture, "");
        }
    }
}
