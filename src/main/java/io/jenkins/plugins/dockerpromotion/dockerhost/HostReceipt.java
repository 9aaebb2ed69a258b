package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was removed from a host, or would be.
 *
 * @param removed in the order of their removal
 * @param kept how many objects stay
 * @param bytes of the images among them, at most: layers count with each image that has them; volumes are not measured
 */
public record HostReceipt(List<Removed> removed, int kept, long bytes, boolean dryRun) implements Serializable {

    public HostReceipt {
        removed = new ArrayList<>(removed);
    }

    /**
     * One object.
     *
     * @param kind {@code container}, {@code network}, {@code image} or {@code volume}
     * @param refused why it stays after all, in the daemon's words; empty if it is gone
     */
    public record Removed(String kind, String name, String refused) implements Serializable {
        boolean isGone() {
            return refused.isEmpty();
        }
    }

    /** How many of a kind are gone. */
    public long count(String kind) {
        return removed.stream().filter(r -> r.kind.equals(kind) && r.isGone()).count();
    }

    /** For people: what is gone, in one line. */
    @Override
    public String toString() {
        return (dryRun ? "Would remove " : "Removed ")
                + count("container") + " containers, " + count("network") + " networks, " + count("image")
                + " images and "
                + count("volume") + " volumes, " + String.format(Locale.ROOT, "%.1f MB", bytes / 1e6) + " of images; "
                + kept + " stay";
    }

    /** Plain data of the same: what a script can look into. */
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
