package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Promotes several images together, all or none: all are looked at, checked and copied before the first tag moves, and
 * if one tag cannot be moved, all are put back.
 *
 * @param images each with its own credentials; all of them promoted, or all of them planned only
 */
public record TrainRequest(List<PromotionRequest> images) implements Operation<TrainReceipt> {

    private static final long serialVersionUID = 1L;

    /** @throws IllegalArgumentException in one line, if there are none, or two of them want the same tag */
    public TrainRequest {
        images = List.copyOf(images);
        if (images.isEmpty()) {
            throw new IllegalArgumentException("a train needs at least one image");
        }
        Set<ImageReference> targets = new HashSet<>();
        images.stream().flatMap(image -> image.targets().stream()).forEach(target -> {
            if (!targets.add(target)) {
                throw new IllegalArgumentException("two images are to become " + target);
            }
        });
        if (images.stream().map(image -> image.options().dryRun()).distinct().count() > 1) {
            throw new IllegalArgumentException("'dryRun' is the same for all images of a train");
        }
    }

    /**
     * Promotes, or plans to. See {@link PromotionRequest#run}.
     *
     * @throws PromotionException if one of them is refused, or had to be put back
     */
    @Override
    public TrainReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return new Promoter(this, context).run();
    }
}
