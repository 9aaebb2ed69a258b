package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Promotes images by their manifests: the bytes are read once and stored unchanged under each target, so the digest
 * cannot change. All images are read and checked first, then copied, and then all tags move.
 */
final class Promoter {

    private final List<ImagePromotion> images = new ArrayList<>();
    private final boolean dryRun;
    private final RegistryContext context;

    Promoter(TrainRequest train, RegistryContext context) {
        train.images().forEach(request -> images.add(new ImagePromotion(request, train.images(), context)));
        this.dryRun = train.images().get(0).options().dryRun();
        this.context = context;
    }

    TrainReceipt run() throws IOException, InterruptedException {
        forEachImage(ImagePromotion::read);
        readTargets();
        refuseToOverwrite();
        forEachImage(ImagePromotion::check);
        Transfers transfers = new Transfers(context);
        forEachImage(image -> image.copy(transfers));
        if (!dryRun) {
            new TagMoves(images, context).run();
        }
        return new TrainReceipt(images.stream().map(ImagePromotion::receipt).toList());
    }

    /** One phase of the work for one image. */
    @FunctionalInterface
    private interface Part {
        void run(ImagePromotion image) throws IOException, InterruptedException;
    }

    private void forEachImage(Part part) throws IOException, InterruptedException {
        List<Callable<Optional<IOException>>> parts = new ArrayList<>();
        for (ImagePromotion image : images) {
            parts.add(() -> {
                try {
                    part.run(image);
                    return Optional.empty();
                } catch (RegistryException e) {
                    throw e;
                } catch (IOException e) {
                    return Optional.of(e);
                }
            });
        }
        for (Optional<IOException> refusal : Parallel.all(parts, Transfers.REQUESTS)) {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
        }
    }

    private void readTargets() throws RegistryException, InterruptedException {
        List<Callable<Void>> reads = new ArrayList<>();
        for (ImagePromotion image : images) {
            for (Tag tag : image.request().to()) {
                reads.add(() -> {
                    image.readTarget(tag);
                    return null;
                });
            }
        }
        Parallel.all(reads, Transfers.REQUESTS);
    }

    private void refuseToOverwrite() throws PromotionException {
        List<String> refusals =
                images.stream().flatMap(image -> image.refusal().stream()).toList();
        if (!refusals.isEmpty()) {
            boolean rollback =
                    images.stream().anyMatch(image -> image.request().replaced().isPresent());
            throw new PromotionException(String.join("; ", refusals) + "; nothing was changed. "
                    + (rollback
                            ? "Find out who changed it, or set 'overwrite: true' to move it anyway"
                            : "Use another tag, or set 'overwrite: true' for tags that are meant to move"));
        }
    }
}
