package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.Way;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.tags.DeletionTrial.Effect;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy.Decision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Deletes the tags of a plan, each only if it has not moved since the plan was made. A tag that the registry refuses to
 * delete does not stop the others; a registry that refuses everything does.
 *
 * <p>Every tag that is not deleted, for whatever reason, keeps its digest. This matters on registries that delete a
 * digest with all its tags, either because they cannot delete tags, or because they delete the manifest when asked to
 * delete one tag.
 */
final class TagSweeper {

    private static final String DIGESTS_ONLY = "the registry deletes digests only, and this one ";

    /** Refused, conflict, failed precondition, locked, legal reasons. */
    private static final Set<Integer> OF_ONE_TAG = Set.of(403, 409, 412, 423, 451);

    /** Missing login and temporary errors. */
    private static final Set<Integer> OF_EVERY_TAG = Set.of(401, 407, 408, 425, 429);

    private final ImageTags tags;
    private final RegistryContext context;
    private final Set<Tag> others;
    private final Outcome outcome = new Outcome();

    /** @param others all tags of the image that stay */
    TagSweeper(ImageTags tags, Collection<Tag> others, RegistryContext context) {
        this.tags = tags;
        this.others = Set.copyOf(others);
        this.context = context;
    }

    /** The outcome for a tag. */
    enum Fate {
        DELETED,
        /** Planned for deletion, but the registry did not delete it. */
        REFUSED,
        /** Planned for deletion, but something needs it. */
        KEPT
    }

    /** @param reason in words */
    record Result(Fate fate, String reason) {}

    /** The outcome so far; several threads add to it. */
    static final class Outcome {

        private final Map<Tag, Result> results = new LinkedHashMap<>();
        private final Set<Tag> uncertain = new TreeSet<>(Comparator.comparing(Tag::value));
        private Optional<DigestHolders> holders = Optional.empty();

        private synchronized void add(TagFacts facts, Fate fate, String reason) {
            results.put(facts.tag(), new Result(fate, reason));
        }

        /** Tags whose deletion was requested, but not confirmed. */
        private synchronized void uncertain(TagFacts facts) {
            uncertain.add(facts.tag());
        }

        private synchronized void holders(DigestHolders found) {
            holders = Optional.of(found);
        }

        synchronized Optional<Result> of(Tag tag) {
            return Optional.ofNullable(results.get(tag));
        }

        synchronized List<Tag> all(Fate fate) {
            return results.entrySet().stream()
                    .filter(entry -> entry.getValue().fate() == fate)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** The tags that need each digest, if this had to be checked. */
        synchronized Optional<DigestHolders> holders() {
            return holders;
        }

        /** A summary for an error message. */
        synchronized String line() {
            List<Tag> deleted = all(Fate.DELETED);
            String done = deleted.isEmpty()
                    ? "nothing was deleted" + (uncertain.isEmpty() ? "" : " for certain")
                    : "deleted before: " + LogText.names(deleted);
            return done + (uncertain.isEmpty() ? "" : "; may be deleted: " + LogText.names(List.copyOf(uncertain)));
        }
    }

    Outcome outcome() {
        return outcome;
    }

    /** Finds out what {@link #sweep} would do, as far as this is possible without deleting. */
    void rehearse(List<Decision> going) throws RegistryException, InterruptedException {
        switch (going.isEmpty() ? Way.BY_TAG : tags.wayOfDeletion()) {
            case NONE ->
                going.forEach(d -> outcome.add(d.facts(), Fate.REFUSED, "deletion is disabled on this registry"));
            case BY_DIGEST -> {
                Set<Tag> leaving = keepShared(going, holders(going));
                deleted(going.stream().filter(d -> leaving.contains(d.tag())).toList());
            }
            case UNKNOWN -> {
                context.notices()
                        .say("Unknown without deleting, or with these credentials: whether "
                                + tags.image().host() + " deletes tags or only digests. If only digests, tags"
                                + " stay whose digest another tag needs");
                deleted(going);
            }
            case BY_TAG, BY_REFERENCE -> deleted(going);
        }
    }

    private void deleted(List<Decision> decisions) {
        decisions.forEach(d -> outcome.add(d.facts(), Fate.DELETED, d.reason()));
    }

    /** Carries out the plan, and checks what is left then. */
    void sweep(List<Decision> going) throws RegistryException, InterruptedException {
        deleteAll(going);
        if (!tags.isOnDockerHub()) {
            confirm(going);
        }
    }

    /** A registry may accept deletions and not carry them out. */
    private void confirm(List<Decision> going) throws RegistryException, InterruptedException {
        Map<Tag, Decision> listed = new HashMap<>();
        Set<Tag> deleted = Set.copyOf(outcome.all(Fate.DELETED));
        going.stream().filter(d -> deleted.contains(d.tag())).forEach(d -> listed.put(d.tag(), d));
        if (listed.isEmpty()) {
            return;
        }
        try {
            listed.keySet().retainAll(tags.names());
        } catch (NotFoundException e) {
            // With the last tag, the repository is gone.
            return;
        }
        Map<Tag, Digest> digests = new HashMap<>();
        listed.forEach(
                (tag, decision) -> digests.put(tag, decision.facts().digest().orElseThrow()));
        for (Tag tag : tags.standing(digests)) {
            outcome.add(
                    listed.get(tag).facts(),
                    Fate.REFUSED,
                    "the registry accepted the deletion, but the tag is still there");
        }
    }

    private void deleteAll(List<Decision> going) throws RegistryException, InterruptedException {
        Progress progress = Progress.ofTags(context, "deleted", going.size());
        List<Decision> rest = new ArrayList<>(going);
        try {
            // One by one until it is known how this registry deletes, then in parallel.
            switch (tryOut(rest, progress)) {
                case NONE, TAG_ALONE -> sweepAll(rest, progress);
                case WHOLE_DIGEST -> sweepDigests(rest, progress);
                case UNCLEAR -> {
                    List<Decision> shared = shared(rest);
                    rest.removeAll(shared);
                    sweepAll(rest, progress);
                    if (tryOut(shared, progress) == Effect.WHOLE_DIGEST) {
                        sweepDigests(shared, progress);
                    } else {
                        sweepAll(shared, progress);
                    }
                }
            }
        } catch (DeletionException e) {
            if (e.obstacle() != Obstacle.BY_DIGEST_ONLY) {
                throw e;
            }
            sweepDigests(rest, progress);
        }
    }

    /** Deletes one tag after the other, and removes it from {@code rest}, until one shows how the registry deletes. */
    private Effect tryOut(List<Decision> rest, Progress progress) throws RegistryException, InterruptedException {
        Effect effect = Effect.NONE;
        while (effect == Effect.NONE && !rest.isEmpty()) {
            effect = tryOut(rest.get(0));
            rest.remove(0);
            progress.add(1);
        }
        return effect;
    }

    private Effect tryOut(Decision decision) throws RegistryException, InterruptedException {
        if (tags.isOnDockerHub()) {
            return sweep(decision) ? Effect.TAG_ALONE : Effect.NONE;
        }
        Digest digest = decision.facts().digest().orElseThrow();
        DeletionTrial trial = DeletionTrial.of(tags, decision.tag(), digest);
        if (!sweep(decision)) {
            return Effect.NONE;
        }
        try {
            DeletionTrial.requireGone(tags, decision.tag(), digest);
        } catch (RegistryException e) {
            outcome.add(decision.facts(), Fate.REFUSED, e.getMessage());
            outcome.uncertain(decision.facts());
            throw e;
        }
        return trial.effect(others, context);
    }

    /** The tags whose digest a remaining tag needs. */
    private List<Decision> shared(List<Decision> rest) throws RegistryException, InterruptedException {
        DigestHolders holders = holders(rest);
        Set<Tag> leaving = tags(rest);
        return rest.stream()
                .filter(d -> holders.isNeeded(d.facts().digest().orElseThrow(), leaving))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private void sweepAll(List<Decision> rest, Progress progress) throws RegistryException, InterruptedException {
        Parallel.each(rest, Parallel.PER_HOST, decision -> {
            sweep(decision);
            progress.add(1);
            return null;
        });
    }

    /** Deletes one tag; returns whether it is gone since. */
    private boolean sweep(Decision decision) throws RegistryException, InterruptedException {
        TagFacts facts = decision.facts();
        try {
            if (!currentDigest(facts).equals(facts.digest())) {
                return false;
            }
            if (delete(facts)) {
                outcome.add(facts, Fate.DELETED, decision.reason());
                return true;
            }
            return isGone(facts);
        } catch (RegistryException e) {
            if (!concernsOneTag(e)) {
                throw e;
            }
            outcome.add(facts, Fate.REFUSED, e.getMessage());
        }
        return false;
    }

    /**
     * A check confirms that a tag is gone that was there before. It may have been deleted by this request, if the answer
     * to the first of several attempts was lost.
     */
    private boolean isGone(TagFacts facts) throws RegistryException, InterruptedException {
        Optional<Digest> now = currentDigest(facts);
        if (now.equals(facts.digest())) {
            outcome.add(facts, Fate.REFUSED, "the registry answered that there is no such tag, but it is still there");
        }
        return now.isEmpty();
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

    /**
     * Whether the registry may have carried out the request: it sent no answer, an unreadable one, or a server error.
     */
    private static boolean leavesOpen(RegistryException e) {
        return !(e instanceof DeletionException) && (e.status() < 400 || e.status() >= 500);
    }

    /** The current digest of the tag. If it is not the planned one, the tag has moved and stays, or is gone. */
    private Optional<Digest> currentDigest(TagFacts facts) throws RegistryException, InterruptedException {
        Optional<Digest> now = tags.digestOf(facts.tag());
        if (now.isEmpty()) {
            outcome.add(facts, Fate.DELETED, "already deleted");
        } else if (!now.equals(facts.digest())) {
            outcome.add(
                    facts, Fate.KEPT, "moved in the meantime to " + now.get().abbreviated());
        }
        return now;
    }

    /** Once the registry has deleted something, a client error says nothing about the other tags. */
    private boolean concernsOneTag(RegistryException e) {
        if (e instanceof DeletionException deletion) {
            return deletion.obstacle() == Obstacle.IMMUTABLE;
        }
        boolean clientError = e.status() >= 400 && e.status() < 500 && !OF_EVERY_TAG.contains(e.status());
        return OF_ONE_TAG.contains(e.status())
                || clientError && !outcome.all(Fate.DELETED).isEmpty();
    }

    private void sweepDigests(List<Decision> rest, Progress progress) throws RegistryException, InterruptedException {
        DigestHolders holders = holders(rest);
        Set<Tag> leaving = keepShared(rest, holders);
        Map<Digest, List<Decision>> byDigest = rest.stream()
                .filter(d -> leaving.contains(d.tag()))
                .collect(Collectors.groupingBy(
                        d -> d.facts().digest().orElseThrow(), LinkedHashMap::new, Collectors.toList()));
        List<Digest> digests = new ArrayList<>(byDigest.keySet());
        // The parts of an index are deleted after the index: if it stays, so do its parts.
        digests.sort(Comparator.comparing(holders::isListed));
        for (Digest digest : digests) {
            sweepDigest(digest, byDigest.get(digest), holders, leaving);
            progress.add(byDigest.get(digest).size());
        }
    }

    /** Checks which tags need each digest, including those that were not deleted as planned. */
    private DigestHolders holders(List<Decision> rest) throws RegistryException, InterruptedException {
        Set<Tag> all = new LinkedHashSet<>(others);
        all.addAll(outcome.all(Fate.KEPT));
        all.addAll(outcome.all(Fate.REFUSED));
        all.addAll(tags(rest));
        context.notices().say("Checking which of " + all.size() + " tags share a digest");
        DigestHolders holders = DigestHolders.find(all, tags, context);
        outcome.holders(holders);
        return holders;
    }

    private static Set<Tag> tags(List<Decision> decisions) {
        return decisions.stream().map(Decision::tag).collect(Collectors.toCollection(HashSet::new));
    }

    /** Keeps tags that moved or cannot be read, and tags whose digest a remaining tag needs; returns the others. */
    private Set<Tag> keepShared(List<Decision> rest, DigestHolders holders) {
        Map<Decision, String> staying = new LinkedHashMap<>();
        for (Decision decision : rest) {
            holders.digestOf(decision.tag())
                    .filter(now -> !Optional.of(now).equals(decision.facts().digest()))
                    .ifPresent(now -> staying.put(decision, "moved in the meantime to " + now.abbreviated()));
            holders.problem(decision.tag()).ifPresent(problem -> staying.put(decision, problem));
        }
        Set<Tag> leaving = tags(rest);
        List<Decision> left = new ArrayList<>(rest);
        // Each tag that stays may need a digest that another one would have deleted.
        while (true) {
            staying.forEach((decision, reason) -> outcome.add(decision.facts(), Fate.KEPT, reason));
            leaving.removeAll(tags(List.copyOf(staying.keySet())));
            left.removeAll(staying.keySet());
            staying.clear();
            for (Decision decision : left) {
                holders.need(decision.facts().digest().orElseThrow(), leaving)
                        .ifPresent(need -> staying.put(decision, DIGESTS_ONLY + need));
            }
            if (staying.isEmpty()) {
                return leaving;
            }
        }
    }

    private void sweepDigest(Digest digest, List<Decision> group, DigestHolders holders, Set<Tag> leaving)
            throws RegistryException, InterruptedException {
        Optional<String> need = holders.need(digest, leaving);
        if (need.isPresent()) {
            keep(group, need.get(), leaving);
            return;
        }
        List<Decision> standing = new ArrayList<>();
        for (Decision decision : group) {
            if (stillHas(digest, decision, holders, leaving)) {
                standing.add(decision);
            }
        }
        if (group.stream().anyMatch(d -> holders.problem(d.tag()).isPresent())) {
            // The tag that cannot be read may still have the digest.
            keep(standing, holders.need(digest, leaving).orElseThrow(), leaving);
        } else if (!standing.isEmpty() && !deleteDigest(digest, standing)) {
            leaving.removeAll(tags(standing));
        }
    }

    private void keep(List<Decision> group, String need, Set<Tag> leaving) {
        group.forEach(decision -> outcome.add(decision.facts(), Fate.KEPT, DIGESTS_ONLY + need));
        leaving.removeAll(tags(group));
    }

    /** Whether the tag still has the digest. One that moved or cannot be read stays, and so does what it needs. */
    private boolean stillHas(Digest digest, Decision decision, DigestHolders holders, Set<Tag> leaving)
            throws RegistryException, InterruptedException {
        Tag tag = decision.tag();
        try {
            Optional<Digest> now = currentDigest(decision.facts());
            if (now.isPresent() && !now.get().equals(digest)) {
                leaving.remove(tag);
                holders.hold(now.get(), tag);
            }
            return now.equals(Optional.of(digest));
        } catch (RegistryException e) {
            if (!concernsOneTag(e)) {
                throw e;
            }
            outcome.add(decision.facts(), Fate.REFUSED, e.getMessage());
            leaving.remove(tag);
            holders.unreadable(tag, e.getMessage());
            return false;
        }
    }

    private boolean deleteDigest(Digest digest, List<Decision> standing)
            throws RegistryException, InterruptedException {
        try {
            if (tags.delete(digest)) {
                deleted(standing);
                return true;
            }
            for (Decision decision : standing) {
                isGone(decision.facts());
            }
        } catch (RegistryException e) {
            if (leavesOpen(e)) {
                standing.forEach(d -> outcome.uncertain(d.facts()));
            }
            if (!concernsOneTag(e)) {
                throw e;
            }
            standing.forEach(d -> outcome.add(d.facts(), Fate.REFUSED, e.getMessage()));
        } catch (InterruptedException e) {
            standing.forEach(d -> outcome.uncertain(d.facts()));
            throw e;
        }
        return false;
    }
}
