package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a promotion did, or would do.
 *
 * @param source image and tag that were promoted
 * @param image the repository of the targets
 * @param digest of the promoted manifest, before and after
 * @param mediaType of the promoted manifest
 * @param platforms of an index; empty for a plain manifest, which does not say
 * @param targets in the order of the request
 * @param dryRun whether nothing was changed
 * @param accepted why the image was accepted by what checked it, in one line; empty if nobody asked
 * @param attachments how many signatures, attestations and the like were carried to another repository, or would be
 */
public record PromotionReceipt(
        String source,
        String image,
        String digest,
        String mediaType,
        List<String> platforms,
        List<Target> targets,
        boolean dryRun,
        String accepted,
        int attachments)
        implements Serializable {

    public PromotionReceipt {
        platforms = List.copyOf(platforms);
        targets = List.copyOf(targets);
    }

    /** Of an image that was not checked. */
    public PromotionReceipt(
            String source,
            String image,
            String digest,
            String mediaType,
            List<String> platforms,
            List<Target> targets,
            boolean dryRun) {
        this(source, image, digest, mediaType, platforms, targets, dryRun, "", 0);
    }

    /** One line for each target: what it is now, and was. */
    public List<String> lines() {
        return lines(target -> image + ":" + target.tag);
    }

    /** The same, with a name of each target that may be a link. */
    public List<String> lines(Function<Target, String> name) {
        return targets.stream().map(target -> line(name.apply(target), target)).toList();
    }

    private String line(String what, Target target) {
        if (!target.changed) {
            return what + " is " + digest + " already";
        }
        return what
                + (dryRun ? " would become " : " is now ")
                + digest
                + (target.previousDigest.isEmpty() ? "" : ", was " + target.previousDigest);
    }

    /** Maps and lists of the same, {@code null} for a digest that was not there: what a script can look into. */
    public Map<String, Object> asMap() {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Target target : targets) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("tag", target.tag);
            entry.put("previousDigest", target.previousDigest.isEmpty() ? null : target.previousDigest);
            entry.put("changed", target.changed);
            entries.add(entry);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("image", image);
        map.put("digest", digest);
        map.put("mediaType", mediaType);
        map.put("platforms", new ArrayList<>(platforms));
        map.put("targets", entries);
        map.put("attachments", attachments);
        map.put("dryRun", dryRun);
        return map;
    }

    /**
     * One target tag.
     *
     * @param previousDigest what it stood for before, empty if it did not exist
     * @param changed whether it was written, or would be
     */
    public record Target(String tag, String previousDigest, boolean changed) implements Serializable {}
}
