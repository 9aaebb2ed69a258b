package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Promotes several images together, all or none: all are read, checked and copied before the first tag moves. If one
 * tag cannot be moved, all are put back.
 *
 * @param images each with its own credentials; {@code dryRun} must be the same for all
 */
public record TrainRequest(List<PromotionRequest> images) implements Operation<TrainReceipt> {

    private static final long serialVersionUID = 1L;

    /** @throws IllegalArgumentException in one line, if there are no images or two of them have the same target */
    public TrainRequest {
        images = List.copyOf(images);
        if (images.isEmpty()) {
            throw new IllegalArgumentException("'images' needs at least one image");
        }
        Set<ImageReference> targets = new HashSet<>();
        images.stream().flatMap(image -> image.targets().stream()).forEach(target -> {
            if (!targets.add(target)) {
                throw new IllegalArgumentException("two images have the same target, " + target);
            }
        });
        if (images.stream().map(image -> image.options().dryRun()).distinct().count() > 1) {
            throw new IllegalArgumentException("'dryRun' must be the same for all images");
        }
    }

    /**
     * Promotes, or only plans. See {@link PromotionRequest#run}.
     *
     * @throws PromotionException if one of them is refused or cannot be moved
     */
    @Override
    public TrainReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return new Promoter(this, context).run();
    }
}
