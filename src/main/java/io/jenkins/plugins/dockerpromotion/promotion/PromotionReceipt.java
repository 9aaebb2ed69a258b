package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The result of a promotion, or of its dry run.
 *
 * @param source image and tag that were promoted
 * @param image the repository of the targets
 * @param digest of the promoted manifest, before and after
 * @param mediaType of the promoted manifest
 * @param platforms of an index; empty for a plain manifest, which does not name its platform
 * @param targets in the order of the request
 * @param dryRun whether nothing was changed
 * @param accepted what verified the image, in one line; empty if nothing was required
 * @param attachments number of signatures, attestations and other referrers that were copied to another repository, or
 *     would be
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

    /** The result for an image that was not verified. */
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

    /** One line for each target with its new and its old digest. */
    public List<String> lines() {
        return lines(target -> image + ":" + target.tag);
    }

    /** The same, with a name for each target that may be a link. */
    public List<String> lines(Function<Target, String> name) {
        return targets.stream().map(target -> line(name.apply(target), target)).toList();
    }

    private String line(String what, Target target) {
        if (!target.changed) {
            return what + " is already " + digest;
        }
        return what
                + (dryRun ? " would become " : " is now ")
                + digest
                + (target.previousDigest.isEmpty() ? "" : ", was " + target.previousDigest);
    }

    /** The same as maps and lists for a Pipeline; {@code null} for a digest that did not exist. */
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
     * @param previousDigest the digest it had before; empty if it did not exist
     * @param changed whether it was written, or would be
     */
    public record Target(String tag, String previousDigest, boolean changed) implements Serializable {}
}
