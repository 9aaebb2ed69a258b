package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.Serializable;
import java.util.List;

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
     * One target tag.
     *
     * @param previousDigest what it stood for before, empty if it did not exist
     * @param changed whether it was written, or would be
     */
    public record Target(String tag, String previousDigest, boolean changed) implements Serializable {}
}
