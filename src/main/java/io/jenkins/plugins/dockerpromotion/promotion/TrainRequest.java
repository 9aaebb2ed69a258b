package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Promotes images together, all or none: all are read, checked and copied before the first tag moves. If one tag cannot
 * be moved, all are put back. The bytes of a manifest are read once and stored unchanged under each target, so the
 * digest cannot change.
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
        List<ImagePromotion> promotions = images.stream()
                .map(request -> new ImagePromotion(request, context))
                .toList();
        each(promotions, ImagePromotion::read);
        each(
                promotions.stream()
                        .flatMap(image -> image.request().to().stream().map(tag -> new Target(image, tag)))
                        .toList(),
                target -> target.image.readTarget(target.tag));
        refuseToOverwrite(promotions);
        each(promotions, ImagePromotion::verify);
        Transfers transfers = new Transfers(context);
        each(promotions, image -> image.copy(transfers));
        if (!images.get(0).options().dryRun()) {
            new TagMoves(promotions, context).run();
        }
        return new TrainReceipt(promotions.stream().map(ImagePromotion::receipt).toList());
    }

    private record Target(ImagePromotion image, Tag tag) {}

    /** One phase of the work for an image or a target. */
    @FunctionalInterface
    private interface Phase<T> {
        void run(T part) throws RegistryException, InterruptedException;
    }

    private static <T> void each(List<T> parts, Phase<T> phase) throws RegistryException, InterruptedException {
        Parallel.each(parts, Transfers.REQUESTS, part -> {
            phase.run(part);
            return null;
        });
    }

    private void refuseToOverwrite(List<ImagePromotion> promotions) throws PromotionException {
        List<String> refusals =
                promotions.stream().flatMap(image -> image.refusal().stream()).toList();
        if (!refusals.isEmpty()) {
            boolean rollback =
                    images.stream().anyMatch(image -> image.replaced().isPresent());
            throw new PromotionException(String.join("; ", refusals) + "; nothing was changed. "
                    + (rollback
                            ? "Find out who changed it, or set 'overwrite: true' to move it anyway"
                            : "Use another tag, or set 'overwrite: true' for tags that are meant to move"));
        }
    }
}
