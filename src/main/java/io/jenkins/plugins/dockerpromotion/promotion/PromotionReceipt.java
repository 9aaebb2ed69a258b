package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
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
 */
public record PromotionReceipt(
        String source,
        String image,
        String digest,
        String mediaType,
        List<String> platforms,
        List<Target> targets,
        boolean dryRun)
        implements Serializable {

    public PromotionReceipt {
        platforms = List.copyOf(platforms);
        targets = List.copyOf(targets);
    }

    /**
     * This receipt, if it can be one of {@code request}. What a machine that is trusted with less says is recorded, shown
     * and linked to: by this it can be wrong about digests, media type and platforms, and about nothing else.
     *
     * @throws IllegalArgumentException in one line, if it is of another image or other tags, or names no digests
     */
    public PromotionReceipt requireAnswerTo(PromotionRequest request) {
        boolean fits = source.equals(request.source().toString())
                && image.equals(request.toImage().toString())
                && dryRun == request.options().dryRun()
                && targets.stream()
                        .map(Target::tag)
                        .toList()
                        .equals(request.to().stream().map(Tag::value).toList());
        if (!fits) {
            throw new IllegalArgumentException("the agent tells of a promotion that it was not asked for");
        }
        Digest.parse(digest);
        targets.stream()
                .map(Target::previousDigest)
                .filter(previous -> !previous.isEmpty())
                .forEach(Digest::parse);
        return this;
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
