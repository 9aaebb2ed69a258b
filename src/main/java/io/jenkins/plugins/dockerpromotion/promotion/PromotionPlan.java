package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a promotion is about to do, decided before anything is changed.
 *
 * @param manifest what is promoted
 * @param targets in the order of the request
 */
record PromotionPlan(PromotionRequest request, Manifest manifest, List<Target> targets) {

    /**
     * One target tag.
     *
     * @param previous what it stands for now, nothing if it does not exist
     */
    record Target(Tag tag, Optional<Digest> previous) {}

    /** Whether {@code target} has to be written: not if it stands for the promoted manifest already. */
    boolean changes(Target target) {
        return !target.previous.equals(Optional.of(manifest.digest()));
    }

    List<Target> changed() {
        return targets.stream().filter(this::changes).toList();
    }

    ImageReference reference(Target target) {
        return ImageReference.tagged(request.toImage(), target.tag);
    }

    /** @throws PromotionException naming every target that stands for another image and may not move */
    void refuseToOverwrite() throws PromotionException {
        String taken = changed().stream()
                .filter(t -> t.previous.isPresent())
                .filter(t -> !request.options().overwrite() && !t.tag.equals(Tag.LATEST))
                .map(t -> t.tag + " (" + t.previous.get().abbreviated() + ")")
                .collect(Collectors.joining(", "));
        if (!taken.isEmpty()) {
            throw new PromotionException("Cannot promote " + request.source() + " ("
                    + manifest.digest().abbreviated()
                    + "): in " + request.toImage() + " other images already have " + taken
                    + "; nothing was changed. A version is never overwritten unless 'overwrite: true' says so");
        }
    }

    PromotionReceipt receipt() {
        return new PromotionReceipt(
                request.source().toString(),
                request.toImage().toString(),
                manifest.digest().toString(),
                manifest.mediaType(),
                manifest.platforms(),
                targets.stream()
                        .map(t -> new PromotionReceipt.Target(
                                t.tag.value(), t.previous.map(Digest::toString).orElse(""), changes(t)))
                        .toList(),
                request.options().dryRun());
    }
}
