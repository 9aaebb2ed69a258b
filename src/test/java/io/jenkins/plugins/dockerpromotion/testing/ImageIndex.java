package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An OCI index or a Docker manifest list. */
public record ImageIndex(String mediaType, List<TestImage> children, Map<String, String> annotations, JsonLayout layout)
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
