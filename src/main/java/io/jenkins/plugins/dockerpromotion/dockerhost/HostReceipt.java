package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was removed from a host, or would be in a dry run.
 *
 * @param removed number of objects by kind: {@code container}, {@code network}, {@code image} and {@code volume}
 * @param kept number of objects that stay
 * @param bytes upper bound for the images among them: shared layers count for each image; volumes are not measured
 */
public record HostReceipt(Map<String, Long> removed, int kept, long bytes, boolean dryRun) implements Serializable {

    public HostReceipt {
        removed = new LinkedHashMap<>(removed);
    }

    private long count(String kind) {
        return removed.getOrDefault(kind, 0L);
    }

    /** A summary in one line. */
    @Override
    public String toString() {
        return (dryRun ? "Would remove " : "Removed ")
                + count("container") + " containers, " + count("network") + " networks, " + count("image")
                + " images and "
                + count("volume") + " volumes, " + LogText.bytes(bytes) + " of images; "
                + kept + " stay";
    }

    /** The same as maps and lists for a Pipeline. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bytes", bytes);
        map.put("containers", count("container"));
        map.put("networks", count("network"));
        map.put("images", count("image"));
        map.put("volumes", count("volume"));
        map.put("kept", kept);
        map.put("dryRun", dryRun);
        return map;
    }
}
