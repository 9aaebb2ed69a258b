package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentRemover;
import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy.Decision;
import io.jenkins.plugins.dockerpromotion.tags.TagSweeper.Fate;
import io.jenkins.plugins.dockerpromotion.tags.TagSweeper.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deletes the tags of an image that its policy does not keep: checks them, reports the plan, and carries it out. A
 * second run continues where the first one ended.
 */
final class Pruner {

    /** Maximum number of rows in the log; tags to delete are shown first. */
    private static final int MAX_ROWS = 500;

    private final PruneRequest request;
    private final ImageTags tags;
    private final RegistryContext context;

    private Pruner(PruneRequest request, ImageTags tags, RegistryContext context) {
        this.request = request;
        this.tags = tags;
        this.context = context;
    }

    /**
     * Prunes, or only plans with {@code dryRun}.
     *
     * @throws RegistryException if too many tags would be deleted, if not everything could be read, or if deletion ended
     *     early; says what has been deleted
     */
    static PruneReceipt prune(PruneRequest request, RegistryContext context)
            throws RegistryException, InterruptedException {
        ImageTags tags = request.dryRun()
                ? ImageTags.toRead(request.image(), request.authentication(), context)
                : ImageTags.toDelete(request.image(), request.authentication(), context);
        return new Pruner(request, tags, context).run();
    }

    private PruneReceipt run() throws RegistryException, InterruptedException {
        TagFactsReader.Listing listing = new TagFactsReader(request, tags, context).read();
        Instant now = context.time().now();
        List<Decision> plan = request.policy().decide(listing.facts(), now);
        List<Decision> going =
                new ArrayList<>(plan.stream().filter(Decision::delete).toList());
        boolean tooMany = going.size() > request.maxDelete();
        Set<Tag> others = new HashSet<>(listing.ignored());
        plan.stream().filter(d -> !d.delete()).map(Decision::tag).forEach(others::add);
        TagSweeper sweeper = new TagSweeper(tags, others, context);
        if (request.dryRun()) {
            sweeper.rehearse(going);
            plan = corrected(plan, sweeper.outcome());
        }
        AttachmentRemover remover = new AttachmentRemover(
                tags, Optional.of(listing.ignored()), DigestHolders.need(() -> others, tags, context));
        Map<AttachmentRemover.Removal, String> attachments = attachments(plan, remover);
        Map<AttachmentRemover.Removal, String> refused = remover.staying(attachments.keySet());
        attachments.keySet().removeAll(refused.keySet());
        say(listing, plan, attachments, refused, now);
        if (tooMany && request.dryRun()) {
            context.notices().say(tooMany(going) + "; without 'dryRun' nothing will be deleted");
        } else if (tooMany) {
            throw new RegistryException("Cannot prune " + request.image() + ": " + tooMany(going)
                    + "; check the plan in the log, and raise 'maxDelete' if it is right; nothing was deleted");
        }
        if (!request.dryRun()) {
            // The oldest first, so that a run that ends early has deleted the least useful tags.
            Collections.reverse(going);
            sweep(sweeper, going);
            attachments.keySet().retainAll(unneeded(attachments.keySet(), going, sweeper.outcome()));
            refused.keySet().retainAll(unneeded(refused.keySet(), going, sweeper.outcome()));
            refused.putAll(remover.remove(attachments.keySet()));
            attachments.keySet().removeAll(refused.keySet());
        }
        return receipt(plan, sweeper.outcome(), listing.needed(), attachments, refused);
    }

    /** The attachments to delete because their image is deleted, now or earlier, each with the reason. */
    private Map<AttachmentRemover.Removal, String> attachments(List<Decision> plan, AttachmentRemover remover)
            throws RegistryException, InterruptedException {
        Map<Digest, Set<Digest>> going = new LinkedHashMap<>();
        for (Decision decision : plan) {
            if (decision.delete()) {
                // Reading them would use up the pulls that Docker Hub allows; its list of tags names the platforms.
                Set<Digest> parts =
                        tags.isOnDockerHub() ? decision.facts().parts().keySet() : Set.of();
                going.put(decision.facts().digest().orElseThrow(), parts);
            }
        }
        plan.stream().filter(d -> !d.delete()).forEach(d -> d.facts().digest().ifPresent(going::remove));
        Map<AttachmentRemover.Removal, String> found = new LinkedHashMap<>();
        for (AttachmentRemover.Removal removal : remover.ofImages(going)) {
            found.put(removal, "attached to " + removal.subject().abbreviated() + ", which is deleted");
        }
        if (request.orphans()) {
            for (AttachmentRemover.Removal removal : remover.orphans()) {
                found.put(removal, "attached to " + removal.subject().abbreviated() + ", which no longer exists");
            }
        }
        return found;
    }

    /** The attachments whose images were really deleted. */
    private static List<AttachmentRemover.Removal> unneeded(
            Collection<AttachmentRemover.Removal> attachments, List<Decision> going, TagSweeper.Outcome outcome) {
        Set<Digest> staying = going.stream()
                .filter(decision -> outcome.of(decision.tag())
                        .filter(r -> r.fate() == Fate.DELETED)
                        .isEmpty())
                .flatMap(decision -> decision.facts().digest().stream())
                .collect(Collectors.toSet());
        return attachments.stream()
                .filter(removal -> Collections.disjoint(removal.images(), staying))
                .toList();
    }

    private String tooMany(List<Decision> going) {
        return going.size() + " tags would be deleted, but 'maxDelete' allows " + request.maxDelete();
    }

    private void sweep(TagSweeper sweeper, List<Decision> going) throws RegistryException, InterruptedException {
        try {
            sweeper.sweep(going);
        } catch (RegistryException e) {
            throw new RegistryException(
                    e.getMessage() + "; " + sweeper.outcome().line());
        } catch (InterruptedException e) {
            context.notices()
                    .say("Pruning of " + request.image() + " was aborted; "
                            + sweeper.outcome().line());
            throw e;
        }
    }

    /** The plan as far as the registry can carry it out: tags that it cannot delete are shown as kept. */
    private static List<Decision> corrected(List<Decision> plan, TagSweeper.Outcome outcome) {
        return plan.stream()
                .map(decision -> outcome.of(decision.tag())
                        .filter(result -> result.fate() != Fate.DELETED)
                        .map(result -> Decision.keep(decision.facts(), result.reason()))
                        .orElse(decision))
                .toList();
    }

    private void say(
            TagFactsReader.Listing listing,
            List<Decision> plan,
            Map<AttachmentRemover.Removal, String> going,
            Map<AttachmentRemover.Removal, String> staying,
            Instant now) {
        table(plan, now).forEach(context.notices()::say);
        table(going).forEach(context.notices()::say);
        staying.values().forEach(context.notices()::say);
        long all = listing.ignored().stream().filter(AttachmentTag::is).count();
        long others = listing.ignored().size() - all;
        long attachments =
                all - going.keySet().stream().filter(r -> r.tag().isPresent()).count();
        if (others > 0) {
            context.notices().say("Ignored: " + others + " tags that do not match the pattern");
        }
        if (attachments > 0) {
            context.notices().say("Ignored: " + attachments + " tags of signatures and attestations (sha256-…)");
        }
    }

    private static List<String> table(List<Decision> plan, Instant now) {
        TextTable table = new TextTable(Set.of("AGE", "SIZE"), "TAG", "AGE", "SIZE", "WHAT", "WHY");
        List<Decision> shown = new ArrayList<>(plan);
        if (plan.size() > MAX_ROWS) {
            shown.sort((a, b) -> Boolean.compare(b.delete(), a.delete()));
        }
        for (Decision decision : shown.subList(0, Math.min(MAX_ROWS, shown.size()))) {
            TagFacts facts = decision.facts();
            table.row(
                    facts.tag().value(),
                    facts.time().map(t -> age(Duration.between(t, now))).orElse("-"),
                    facts.size() == 0 ? "-" : LogText.bytes(facts.size()),
                    decision.delete() ? "delete" : "keep",
                    decision.reason());
        }
        List<String> lines = new ArrayList<>(table.lines());
        if (plan.size() > MAX_ROWS) {
            lines.add("and " + (plan.size() - MAX_ROWS) + " more");
        }
        return lines;
    }

    private static List<String> table(Map<AttachmentRemover.Removal, String> attachments) {
        if (attachments.isEmpty()) {
            return List.of();
        }
        TextTable table = new TextTable(Set.of("SIZE"), "ATTACHMENT", "SIZE", "WHAT", "WHY");
        attachments.entrySet().stream()
                .limit(MAX_ROWS)
                .forEach(a -> table.row(
                        a.getKey().toString(), LogText.bytes(a.getKey().size()), "delete", a.getValue()));
        List<String> lines = new ArrayList<>(table.lines());
        if (attachments.size() > MAX_ROWS) {
            lines.add("and " + (attachments.size() - MAX_ROWS) + " more");
        }
        return lines;
    }

    /** In the order of the plan. */
    private PruneReceipt receipt(
            List<Decision> plan,
            TagSweeper.Outcome outcome,
            Set<Digest> needed,
            Map<AttachmentRemover.Removal, String> attachments,
            Map<AttachmentRemover.Removal, String> refusedAttachments) {
        List<PruneReceipt.Entry> kept = new ArrayList<>();
        List<PruneReceipt.Entry> deleted = new ArrayList<>();
        List<PruneReceipt.Entry> refused = new ArrayList<>();
        Set<Digest> stay = new HashSet<>(needed);
        List<TagFacts> gone = new ArrayList<>();
        for (Decision decision : plan) {
            TagFacts facts = decision.facts();
            Result result = outcome.of(facts.tag()).orElse(new Result(Fate.KEPT, decision.reason()));
            PruneReceipt.Entry entry = PruneReceipt.Entry.of(facts, result.reason());
            switch (result.fate()) {
                case DELETED -> deleted.add(entry);
                case REFUSED -> refused.add(entry);
                case KEPT -> kept.add(entry);
            }
            if (result.fate() != Fate.DELETED) {
                stay.addAll(facts.parts().keySet());
            } else {
                gone.add(facts);
            }
        }
        refusedAttachments.forEach((removal, reason) -> refused.add(PruneReceipt.Entry.of(removal, reason)));
        long attached = attachments.keySet().stream()
                .mapToLong(AttachmentRemover.Removal::size)
                .sum();
        return new PruneReceipt(
                kept,
                deleted,
                refused,
                attachments.entrySet().stream()
                        .map(attachment -> PruneReceipt.Entry.of(attachment.getKey(), attachment.getValue()))
                        .toList(),
                freed(gone, stay, outcome) + attached,
                request.dryRun());
    }

    /**
     * The size of the manifests that no other tag is known to need, each counted once. Layers that other images share
     * are counted, too.
     */
    private static long freed(List<TagFacts> gone, Set<Digest> stay, TagSweeper.Outcome outcome) {
        Map<Digest, Long> parts = new HashMap<>();
        gone.forEach(facts -> parts.putAll(facts.parts()));
        parts.keySet().removeAll(stay);
        Set<Tag> deleted = gone.stream().map(TagFacts::tag).collect(Collectors.toSet());
        outcome.holders().ifPresent(holders -> parts.keySet().retainAll(holders.freed(parts.keySet(), deleted)));
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String age(Duration age) {
        return age.toDays() > 0 ? age.toDays() + " d" : Math.max(0, age.toHours()) + " h";
    }
}
