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
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

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
            return ControllerQuery.ask(context -> new Listing(asked, credential(asked, job), context).read());
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

    /** One query of a registry. */
    private record Listing(
            ImageTagParameterDefinition asked, RegistryAuthentication credential, RegistryContext context) {

        /** Details from the list of tags besides names. */
        private static final class Details implements Consumer<ListedTag> {
            private final Map<String, ListedTag> tags = new LinkedHashMap<>();

            @Override
            public void accept(ListedTag tag) {
                tags.put(tag.tag().value(), tag);
            }
        }

        private TagChoices read() throws RegistryException, InterruptedException {
            ImageName image = asked.imageName();
            ImageTags registry = ImageTags.toRead(image, credential, context);
            Map<String, ListedTag> details = registry.read(Details::new).tags;
            TagQuery.Found found = TagQuery.newest(details.values(), asked.tagPattern(), asked.getLimit());
            List<String> wanted =
                    new ArrayList<>(found.tags().stream().map(Tag::value).toList());
            asked.getMarks().stream().filter(details::containsKey).forEach(wanted::add);
            Map<String, String> digests = digests(registry, wanted, details);
            List<Choice> choices = found.tags().stream()
                    .map(tag -> choice(tag.value(), details, digests))
                    .toList();
            return new TagChoices(choices, found.matching(), "");
        }

        private Choice choice(String tag, Map<String, ListedTag> details, Map<String, String> digests) {
            String digest = digests.getOrDefault(tag, "");
            List<String> marks = asked.getMarks().stream()
                    .filter(mark -> !digest.isEmpty() && !mark.equals(tag) && digest.equals(digests.get(mark)))
                    .toList();
            return new Choice(tag, digest, details.get(tag).pushed(), marks);
        }

        /** Docker Hub's list contains digests; for other registries, each digest is requested, several at a time. */
        private static Map<String, String> digests(
                ImageTags registry, List<String> wanted, Map<String, ListedTag> details)
                throws RegistryException, InterruptedException {
            Map<String, String> digests = new LinkedHashMap<>();
            Map<String, Future<Optional<Digest>>> asked = new LinkedHashMap<>();
            ExecutorService threads = Executors.newFixedThreadPool(REQUESTS_AT_A_TIME);
            try {
                for (String tag : wanted) {
                    Optional<Digest> known = details.get(tag).digest();
                    if (known.isPresent()) {
                        digests.put(tag, known.get().toString());
                    } else {
                        asked.putIfAbsent(tag, threads.submit(() -> registry.digestOf(new Tag(tag))));
                    }
                }
                for (Map.Entry<String, Future<Optional<Digest>>> answer : asked.entrySet()) {
                    answer.getValue().get().ifPresent(digest -> digests.put(answer.getKey(), digest.toString()));
                }
            } catch (ExecutionException e) {
                // Tags can be chosen without their digests, which are looked up when the build starts.
                return digests;
            } finally {
                threads.shutdownNow();
            }
            return digests;
        }
    }
}
