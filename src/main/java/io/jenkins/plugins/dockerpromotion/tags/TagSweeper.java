package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Deletes what a plan says, each tag only if it still stands for what it did when the plan was made. A tag that the
 * registry refuses to delete does not stop the others; a registry that refuses everything does.
 */
final class TagSweeper {

    private final ImageTags tags;
    private final RegistryContext context;
    private final Outcome outcome = new Outcome();

    TagSweeper(ImageTags tags, RegistryContext context) {
        this.tags = tags;
        this.context = context;
    }

    /** What became of the tags so far; other threads add to it. */
    static final class Outcome {

        private final Map<TagFacts, String> deleted = new LinkedHashMap<>();
        private final Map<TagFacts, String> refused = new LinkedHashMap<>();
        private final Map<TagFacts, String> kept = new LinkedHashMap<>();
        private final Set<Tag> uncertain = new TreeSet<>(Comparator.comparing(Tag::value));

        private synchronized void deleted(TagFacts facts, String reason) {
            deleted.put(facts, reason);
        }

        private synchronized void refused(TagFacts facts, String reason) {
            refused.put(facts, reason);
        }

        private synchronized void kept(TagFacts facts, String reason) {
            kept.put(facts, reason);
        }

        /** Where a registry was asked and did not say what it did. */
        private synchronized void uncertain(TagFacts facts) {
            uncertain.add(facts.tag());
        }

        synchronized Map<TagFacts, String> deleted() {
            return new LinkedHashMap<>(deleted);
        }

        synchronized Map<TagFacts, String> refused() {
            return new LinkedHashMap<>(refused);
        }

        synchronized Map<TagFacts, String> kept() {
            return new LinkedHashMap<>(kept);
        }

        /** For an error. */
        synchronized String line() {
            String done = deleted.isEmpty()
                    ? "nothing was deleted" + (uncertain.isEmpty() ? "" : " for certain")
                    : "deleted before: "
                            + Amounts.names(
                                    deleted.keySet().stream().map(TagFacts::tag).toList());
            return done + (uncertain.isEmpty() ? "" : "; may be deleted: " + Amounts.names(List.copyOf(uncertain)));
        }
    }

    Outcome outcome() {
        return outcome;
    }

    /**
     * Deletes.
     *
     * @param others every other tag of the image, in case the registry deletes digests only
     */
    void sweep(List<Decision> going, Collection<Tag> others) throws RegistryException, InterruptedException {
        Progress progress = new Progress(context, "deleted", going.size());
        List<Decision> rest = new ArrayList<>(going);
        try {
            // One by one until it is known how this registry deletes, then side by side.
            while (!rest.isEmpty() && outcome.deleted().isEmpty()) {
                sweep(rest.get(0));
                rest.remove(0);
                progress.step();
            }
        } catch (DeletionException e) {
            if (e.obstacle() != Obstacle.BY_DIGEST_ONLY) {
                throw e;
            }
            sweepDigests(rest, others, progress);
            return;
        }
        List<Callable<Void>> deletions = rest.stream()
                .<Callable<Void>>map(decision -> () -> {
                    sweep(decision);
                    progress.step();
                    return null;
                })
                .toList();
        Parallel.all(deletions, Parallel.PER_HOST);
    }

    private void sweep(Decision decision) throws RegistryException, InterruptedException {
        TagFacts facts = decision.facts();
        try {
            if (stands(facts)) {
                boolean found = delete(facts);
                outcome.deleted(facts, found ? decision.reason() : "was gone already");
            }
        } catch (RegistryException e) {
            if (!concernsOneTag(e)) {
                throw e;
            }
            outcome.refused(facts, e.getMessage());
        }
    }

    private boolean delete(TagFacts facts) throws RegistryException, InterruptedException {
        try {
            return tags.delete(facts.tag());
        } catch (RegistryException e) {
            if (leavesOpen(e)) {
                outcome.uncertain(facts);
            }
            throw e;
        } catch (InterruptedException e) {
            outcome.uncertain(facts);
            throw e;
        }
    }

    /** Whether the registry may have done what it was asked: no answer, one that cannot be read, or trouble of its own. */
    private static boolean leavesOpen(RegistryException e) {
        return !(e instanceof DeletionException) && (e.status() < 400 || e.status() >= 500);
    }

    /** Whether the tag is what the plan was made for; what it is else is noted. */
    private boolean stands(TagFacts facts) throws RegistryException, InterruptedException {
        Optional<Digest> now = tags.digestOf(facts.tag());
        if (now.isEmpty()) {
            outcome.deleted(facts, "was gone already");
        } else if (!now.equals(facts.digest())) {
            outcome.kept(facts, "moved meanwhile to " + now.get().abbreviated());
        }
        return now.isPresent() && now.equals(facts.digest());
    }

    private static boolean concernsOneTag(RegistryException e) {
        return e instanceof DeletionException deletion ? deletion.obstacle() == Obstacle.IMMUTABLE : e.status() == 403;
    }

    private void sweepDigests(List<Decision> rest, Collection<Tag> others, Progress progress)
            throws RegistryException, InterruptedException {
        Set<Tag> going = rest.stream().map(Decision::tag).collect(Collectors.toSet());
        List<Tag> all = new ArrayList<>(others);
        all.addAll(going);
        DigestHolders holders = DigestHolders.find(all, tags, context);
        Map<Digest, List<Decision>> byDigest = rest.stream()
                .collect(Collectors.groupingBy(
                        d -> d.facts().digest().orElseThrow(), LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<Digest, List<Decision>> entry : byDigest.entrySet()) {
            sweepDigest(entry.getKey(), entry.getValue(), holders, going);
            entry.getValue().forEach(d -> progress.step());
        }
    }

    private void sweepDigest(Digest digest, List<Decision> group, DigestHolders holders, Set<Tag> going)
            throws RegistryException, InterruptedException {
        List<String> needing = holders.others(digest, going);
        List<Decision> standing = new ArrayList<>();
        for (Decision decision : group) {
            if (!needing.isEmpty()) {
                outcome.kept(
                        decision.facts(),
                        "the registry deletes digests only, and this one is also needed by " + Amounts.names(needing));
            } else if (stands(decision.facts())) {
                standing.add(decision);
            }
        }
        if (standing.isEmpty()) {
            return;
        }
        try {
            tags.delete(digest);
            standing.forEach(d -> outcome.deleted(d.facts(), d.reason()));
        } catch (RegistryException e) {
            if (leavesOpen(e)) {
                standing.forEach(d -> outcome.uncertain(d.facts()));
            }
            if (!concernsOneTag(e)) {
                throw e;
            }
            standing.forEach(d -> outcome.refused(d.facts(), e.getMessage()));
        }
    }
}
