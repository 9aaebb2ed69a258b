package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes the tags of an image that its policy lets go: looks at them, says what it is going to do, and does it. Done
 * again, it goes on where it was.
 */
final class Pruner {

    private final PruneRequest request;
    private final ImageTags tags;
    private final RegistryContext context;

    private Pruner(PruneRequest request, ImageTags tags, RegistryContext context) {
        this.request = request;
        this.tags = tags;
        this.context = context;
    }

    /**
     * Prunes, or plans to.
     *
     * @throws RetentionException if too many tags would go, or deletion ended early
     * @throws RegistryException if not everything could be read; nothing was deleted then
     */
    static PruneReceipt prune(PruneRequest request, RegistryContext context)
            throws RegistryException, RetentionException, InterruptedException {
        ImageTags tags = request.dryRun()
                ? ImageTags.toRead(request.image(), request.authentication(), context)
                : ImageTags.toDelete(request.image(), request.authentication(), context);
        return new Pruner(request, tags, context).run();
    }

    private PruneReceipt run() throws RegistryException, RetentionException, InterruptedException {
        TagSurvey.Listing listing = new TagSurvey(request, tags, context).look();
        Instant now = context.time().now();
        List<Decision> plan = request.policy().decide(listing.facts(), now);
        say(listing, plan, now);
        List<Decision> going =
                new ArrayList<>(plan.stream().filter(Decision::delete).toList());
        if (request.dryRun()) {
            return receipt(plan, facts(going), Map.of(), Map.of());
        }
        if (going.size() > request.maxDelete()) {
            throw new RetentionException("Cannot prune " + request.image() + ": " + going.size()
                    + " tags would go, and 'maxDelete' allows " + request.maxDelete()
                    + "; look at the plan, and raise it if all is well; nothing was deleted");
        }
        // The oldest first, so that a run that ends early has done what is wanted most.
        Collections.reverse(going);
        Set<Tag> others = new HashSet<>(listing.ignored());
        plan.stream().filter(d -> !d.delete()).map(Decision::tag).forEach(others::add);
        return sweep(plan, going, others);
    }

    private PruneReceipt sweep(List<Decision> plan, List<Decision> going, Collection<Tag> others)
            throws RetentionException, InterruptedException {
        TagSweeper sweeper = new TagSweeper(tags, context);
        try {
            sweeper.sweep(going, others);
        } catch (RegistryException e) {
            throw new RetentionException(
                    e.getMessage() + "; " + sweeper.outcome().line(), e);
        } catch (InterruptedException e) {
            context.notices()
                    .say("Pruning of " + request.image() + " was aborted; "
                            + sweeper.outcome().line());
            throw e;
        }
        TagSweeper.Outcome outcome = sweeper.outcome();
        return receipt(plan, outcome.deleted(), outcome.refused(), outcome.kept());
    }

    private void say(TagSurvey.Listing listing, List<Decision> plan, Instant now) {
        long attachments = listing.ignored().stream().filter(AttachmentTag::is).count();
        PlanTable.lines(plan, now).forEach(context.notices()::say);
        long others = listing.ignored().size() - attachments;
        if (others > 0) {
            context.notices().say("Left alone: " + others + " tags of another form than the pattern");
        }
        if (attachments > 0) {
            context.notices().say("Left alone: " + attachments + " tags of signatures and attestations (sha256-…)");
        }
    }

    private static Map<TagFacts, String> facts(List<Decision> decisions) {
        Map<TagFacts, String> facts = new LinkedHashMap<>();
        decisions.forEach(d -> facts.put(d.facts(), d.reason()));
        return facts;
    }

    private PruneReceipt receipt(
            List<Decision> plan,
            Map<TagFacts, String> deleted,
            Map<TagFacts, String> refused,
            Map<TagFacts, String> spared) {
        Map<TagFacts, String> kept =
                facts(plan.stream().filter(d -> !d.delete()).toList());
        kept.putAll(spared);
        return new PruneReceipt(
                entries(kept),
                entries(deleted),
                entries(refused),
                freed(deleted.keySet(), kept.keySet()),
                request.dryRun());
    }

    private static List<PruneReceipt.Entry> entries(Map<TagFacts, String> tags) {
        List<PruneReceipt.Entry> entries = new ArrayList<>();
        tags.forEach((facts, reason) -> entries.add(PruneReceipt.Entry.of(facts, reason)));
        return entries;
    }

    /** What no kept tag is known to have, each manifest once; layers shared with others are not known. */
    private static long freed(Collection<TagFacts> deleted, Collection<TagFacts> kept) {
        Map<Digest, Long> parts = new HashMap<>();
        deleted.forEach(facts -> parts.putAll(facts.parts()));
        kept.forEach(facts -> parts.keySet().removeAll(facts.parts().keySet()));
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }
}
