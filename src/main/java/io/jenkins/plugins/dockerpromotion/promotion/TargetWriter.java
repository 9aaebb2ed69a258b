package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Writes the targets of a plan, all or none: when one fails, those that moved are put back where they stood. Targets that
 * exist are written before new ones, since a new one may be beyond recall: not every registry deletes a tag.
 */
final class TargetWriter {

    private final PromotionPlan plan;
    private final RegistryClient registry;
    private final Remover remover;
    private final Notices notices;

    /** Takes a tag away again that was not there before. */
    @FunctionalInterface
    interface Remover {
        void remove(Tag tag) throws RegistryException, InterruptedException;
    }

    TargetWriter(PromotionPlan plan, RegistryClient registry, Remover remover, Notices notices) {
        this.plan = plan;
        this.registry = registry;
        this.remover = remover;
        this.notices = notices;
    }

    void write() throws PromotionException, InterruptedException {
        Map<Boolean, List<PromotionPlan.Target>> isNew = plan.changed().stream()
                .collect(Collectors.partitioningBy(t -> t.previous().isEmpty()));
        try {
            write(isNew.get(false));
            write(isNew.get(true));
        } catch (RegistryException e) {
            UndoneReceipt undone = putBack();
            throw new PromotionException(e.getMessage() + "; " + undone.text(), undone, e);
        } catch (InterruptedException e) {
            // The build was aborted: the tags still go back, which takes a moment, and the log says where they stand.
            UndoneReceipt undone = putBack();
            notices.say("Promotion of " + plan.request().source() + " was aborted; " + undone.text());
            throw new PromotionAbortedException(undone, e);
        }
    }

    private void write(List<PromotionPlan.Target> targets) throws RegistryException, InterruptedException {
        List<Callable<Void>> writes = targets.stream()
                .<Callable<Void>>map(target -> () -> {
                    registry.push(plan.reference(target), plan.manifest());
                    return null;
                })
                .toList();
        Parallel.all(writes, Parallel.PER_HOST);
    }

    private UndoneReceipt putBack() throws InterruptedException {
        List<UndoneReceipt.Outcome> outcomes = new ArrayList<>();
        for (PromotionPlan.Target target : plan.changed()) {
            outcomes.add(putBack(target));
        }
        return new UndoneReceipt(plan.receipt(), outcomes);
    }

    private UndoneReceipt.Outcome putBack(PromotionPlan.Target target) throws InterruptedException {
        String tag = target.tag().value();
        try {
            return new UndoneReceipt.Outcome(tag, false, restore(target));
        } catch (RegistryException e) {
            String text = "may stand at " + plan.manifest().digest().abbreviated() + " and could not be put back ("
                    + e.getMessage() + ")";
            return new UndoneReceipt.Outcome(tag, true, text);
        }
    }

    private String restore(PromotionPlan.Target target) throws RegistryException, InterruptedException {
        ImageReference reference = plan.reference(target);
        Optional<Digest> now = registry.digestOf(reference);
        if (!now.equals(Optional.of(plan.manifest().digest()))) {
            return now.equals(target.previous())
                    ? now.map(d -> "unchanged at " + d.abbreviated()).orElse("still absent")
                    : "moved by somebody else to "
                            + now.map(Digest::abbreviated).orElse("nothing");
        }
        if (target.previous().isEmpty()) {
            remover.remove(target.tag());
            return "removed again";
        }
        Digest before = target.previous().get();
        Manifest manifest = registry.pull(ImageReference.pinned(reference.name(), before));
        registry.push(reference, manifest);
        return "put back to " + before.abbreviated();
    }
}
