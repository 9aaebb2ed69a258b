package io.jenkins.plugins.dockerpromotion.parameter;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.config.ControllerQuery;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The tags to choose from, newest version first. Requested by the controller with the job's credentials when a user is
 * about to start a build; cached for a minute.
 *
 * @param failure why there is no list, in one line; empty on success
 */
public record TagChoices(List<Choice> choices, int matching, String failure) {

    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int MAX_KEPT = 500;
    private static final int REQUESTS_AT_A_TIME = 8;

    private static final Map<List<Object>, Kept> CACHE = new ConcurrentHashMap<>();

    private record Kept(Instant until, TagChoices choices) {}

    /**
     * One tag.
     *
     * @param digest empty if unknown
     * @param pushed when it was pushed, if the registry reports it
     * @param marks the marked tags that point to the same image
     */
    public record Choice(String tag, String digest, Optional<Instant> pushed, List<String> marks) {

        /** The value that the page submits. */
        public String value() {
            return digest.isEmpty() ? tag : tag + "@" + digest;
        }

        /** The text that the page shows. */
        public String label() {
            StringBuilder label = new StringBuilder(tag);
            pushed.ifPresent(time -> label.append(" · ")
                    .append(Messages.TagChoices_ago(Util.getTimeSpanString(
                            Math.max(0, Duration.between(time, Instant.now()).toMillis())))));
            if (!marks.isEmpty()) {
                label.append(" · ").append(String.join(", ", marks));
            }
            return label.toString();
        }
    }

    static TagChoices of(ImageTagParameterDefinition asked, Job<?, ?> job) {
        job.checkPermission(Item.BUILD);
        List<Object> key = List.of(
                job.getFullName(),
                asked.getImage(),
                Util.fixNull(asked.getPattern()),
                asked.credentialsInForce().orElse(""),
                asked.getLimit(),
                asked.getMarks());
        Kept kept = CACHE.get(key);
        if (kept != null && kept.until.isAfter(Instant.now())) {
            return kept.choices;
        }
        TagChoices choices = ask(asked, job);
        if (CACHE.size() >= MAX_KEPT) {
            CACHE.clear();
        }
        if (choices.failure.isEmpty()) {
            CACHE.put(key, new Kept(Instant.now().plus(KEPT), choices));
        }
        return choices;
    }

    private static TagChoices ask(ImageTagParameterDefinition asked, Job<?, ?> job) {
        try {
            return ControllerQuery.ask(context -> read(asked, credential(asked, job), context));
        } catch (AbortException e) {
            return new TagChoices(List.of(), 0, Util.fixNull(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new TagChoices(List.of(), 0, "interrupted");
        }
    }

    @CheckForNull
    private static RegistryAuthentication credential(ImageTagParameterDefinition asked, Job<?, ?> job)
            throws AbortException {
        return RegistryCredentials.find(
                job, asked.credentialsInForce().orElse(null), asked.imageName().host());
    }

    /** Looks up the current digest of a tag with the build's credentials. */
    static Optional<String> digest(ImageTagParameterDefinition asked, Run<?, ?> run, String tag)
            throws AbortException, InterruptedException {
        RegistryAuthentication credential = RegistryCredentials.find(
                run, asked.credentialsInForce().orElse(null), asked.imageName().host());
        return ControllerQuery.ask(context -> ImageTags.toRead(asked.imageName(), credential, context)
                .digestOf(new Tag(tag))
                .map(Digest::toString));
    }

    /** Collects the tags that the registry lists. */
    private static final class Listing implements Consumer<ListedTag> {
        private final Map<Tag, ListedTag> tags = new LinkedHashMap<>();

        @Override
        public void accept(ListedTag tag) {
            tags.put(tag.tag(), tag);
        }
    }

    private static TagChoices read(
            ImageTagParameterDefinition asked, RegistryAuthentication credential, RegistryContext context)
            throws RegistryException, InterruptedException {
        ImageTags registry = ImageTags.toRead(asked.imageName(), credential, context);
        Map<Tag, ListedTag> listed = registry.read(Listing::new).tags;
        TagQuery.Found found = TagQuery.newest(listed.values(), asked.tagPattern(), asked.getLimit());
        List<Tag> marks = asked.getMarks().stream()
                .map(Tag::new)
                .filter(listed::containsKey)
                .toList();
        Map<Tag, Digest> digests = digests(
                registry,
                Stream.concat(found.tags().stream(), marks.stream())
                        .distinct()
                        .map(listed::get)
                        .toList());
        return new TagChoices(
                found.tags().stream()
                        .map(tag -> choice(listed.get(tag), digests, marks))
                        .toList(),
                found.matching(),
                "");
    }

    private static Choice choice(ListedTag tag, Map<Tag, Digest> digests, List<Tag> marks) {
        Optional<Digest> digest = Optional.ofNullable(digests.get(tag.tag()));
        return new Choice(
                tag.tag().value(),
                digest.map(Digest::toString).orElse(""),
                tag.pushed(),
                marks.stream()
                        .filter(mark -> !mark.equals(tag.tag())
                                && digest.filter(d -> d.equals(digests.get(mark)))
                                        .isPresent())
                        .map(Tag::value)
                        .toList());
    }

    /** Docker Hub's list contains digests; for other registries, each digest is requested, several at a time. */
    private static Map<Tag, Digest> digests(ImageTags registry, List<ListedTag> wanted) throws InterruptedException {
        Map<Tag, Digest> digests = new HashMap<>();
        wanted.forEach(tag -> tag.digest().ifPresent(digest -> digests.put(tag.tag(), digest)));
        List<Tag> unknown = wanted.stream()
                .map(ListedTag::tag)
                .filter(tag -> !digests.containsKey(tag))
                .toList();
        try {
            Parallel.map(unknown, REQUESTS_AT_A_TIME, registry::digestOf)
                    .forEach((tag, digest) -> digest.ifPresent(d -> digests.put(tag, d)));
        } catch (RegistryException e) {
            // Tags can be chosen without their digests, which are looked up when the build starts.
        }
        return digests;
    }
}
