package io.jenkins.plugins.dockerpromotion.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Result;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A pushed tag, the builds it started, and whether the result was reported. Thread-safe. */
public final class Push {

    private String id;
    private String image;
    private String tag;
    private String digest;
    private String pusher;
    private String time;

    /** Docker Hub's callback URL from the payload. Anybody who knows it can use it, so it is never shown. */
    private Secret callback;

    private volatile boolean scheduled;
    private volatile boolean answered;
    private volatile String reason;

    /** By full job name. Replaced as a whole, so that reading it and writing it to a file need no lock. */
    private volatile Map<String, Build> builds;

    private transient boolean underWay;

    Push(PushEvent event) {
        id = UUID.randomUUID().toString();
        image = event.image().toString();
        tag = event.tag().value();
        digest = event.digest().map(Digest::toString).orElse(null);
        pusher = event.pusher();
        time = event.time().map(Instant::toString).orElse(null);
        callback = event.callback().map(URI::toString).map(Secret::fromString).orElse(null);
        readResolve();
    }

    /** Fills in fields that are missing in a file. */
    private Object readResolve() {
        pusher = Util.fixNull(pusher);
        reason = Util.fixNull(reason);
        builds = new LinkedHashMap<>(builds == null ? Map.of() : builds);
        return this;
    }

    /** An id shared by all builds of the push. A redelivered push has a new one. */
    public String getId() {
        return id;
    }

    /** Parsed again, because a file may have been changed. */
    PushEvent event() {
        return new PushEvent(
                ImageName.parse(image),
                new Tag(tag),
                Optional.ofNullable(digest).map(Digest::parse),
                pusher,
                Optional.ofNullable(time).map(Instant::parse),
                callbackAddress().map(URI::create));
    }

    /**
     * Whether both are notifications of the same push. False without time and digest, because a repeated push could not
     * be distinguished from a repeated notification.
     */
    boolean isSameAs(Push other) {
        return (digest != null || time != null)
                && Objects.equals(time, other.time)
                && Objects.equals(digest, other.digest)
                && image.equals(other.image)
                && tag.equals(other.tag);
    }

    Optional<String> callbackAddress() {
        return Optional.ofNullable(callback).map(Secret::getPlainText);
    }

    public String getPusher() {
        return pusher;
    }

    /** The image and tag: {@code technolog/serviceone:2017.2.103}. */
    @Override
    public String toString() {
        return image + ":" + tag;
    }

    /** Whether all its builds are in the queue, or it starts none. */
    boolean isScheduled() {
        return scheduled;
    }

    void scheduled(Collection<String> reasons) {
        reason = String.join("; ", reasons);
        scheduled = true;
    }

    /** Why jobs were not started. */
    String reason() {
        return reason;
    }

    List<String> jobs() {
        return List.copyOf(builds.keySet());
    }

    boolean isOf(String job) {
        return builds.containsKey(job);
    }

    /**
     * Called before a build of {@code job} is queued.
     *
     * @param answers whether to report the result when the build has ended
     */
    void queue(String job, boolean answers) {
        update(all -> all.putIfAbsent(job, new Build(answers, null, null, null)));
    }

    /** Called if the build of {@code job} could not be queued. */
    void forget(String job) {
        update(all -> all.remove(job));
    }

    void started(String job, Run<?, ?> run) {
        update(all -> all.computeIfPresent(job, (j, build) -> build.with(run, null)));
    }

    /** @param run {@code null} if it was removed from the queue or no longer exists */
    void ended(String job, @CheckForNull Run<?, ?> run) {
        Result known = run == null ? null : run.getResult();
        String result = (known == null ? Result.NOT_BUILT : known).toString();
        update(all -> all.computeIfPresent(job, (j, build) -> build.with(run, result)));
    }

    void renamed(String before, String now) {
        update(all -> {
            Build moved = all.remove(before);
            if (moved != null) {
                all.put(now, moved);
            }
        });
    }

    private synchronized void update(Consumer<Map<String, Build>> change) {
        Map<String, Build> next = new LinkedHashMap<>(builds);
        change.accept(next);
        builds = next;
    }

    Optional<Build> find(String job) {
        return Optional.ofNullable(builds.get(job));
    }

    /** The jobs whose builds are not known to have ended. */
    List<String> open() {
        return builds.entrySet().stream()
                .filter(build -> !build.getValue().hasEnded())
                .map(Map.Entry::getKey)
                .toList();
    }

    void answered() {
        answered = true;
    }

    /** Whether the caller should report the result now; true only once. */
    synchronized boolean claim() {
        List<Build> asking = asking();
        boolean due = callback != null
                && scheduled
                && !answered
                && !underWay
                && !asking.isEmpty()
                && asking.stream().allMatch(Build::hasEnded);
        underWay |= due;
        return due;
    }

    /** The builds whose triggers report their results. */
    private List<Build> asking() {
        return builds.values().stream().filter(build -> build.answers).toList();
    }

    /** The id of the run with the worst result, if it still exists. */
    Optional<String> worstRun() {
        return Optional.ofNullable(worst().run);
    }

    /** The worst result of the builds that report. */
    Result result() {
        return worst().result();
    }

    private Build worst() {
        return asking().stream()
                .max(Comparator.comparing(build -> build.result().ordinal))
                .orElseThrow();
    }

    /** The results of all builds that report, in words. */
    String results() {
        return asking().stream().map(Build::toString).collect(Collectors.joining(", "));
    }

    /** One build of the push. Immutable; has the id of the run, because runs are not kept in memory. */
    static final class Build {
        private boolean answers;
        private String run;
        private String name;
        private String result;

        private Build(boolean answers, String run, String name, String result) {
            this.answers = answers;
            this.run = run;
            this.name = name;
            this.result = result;
        }

        private Build with(@CheckForNull Run<?, ?> of, @CheckForNull String outcome) {
            return of == null
                    ? new Build(answers, null, null, outcome)
                    : new Build(answers, of.getExternalizableId(), of.getFullDisplayName(), outcome);
        }

        boolean hasEnded() {
            return result != null;
        }

        /** Empty while it is in the queue, and if it no longer exists. */
        Optional<String> run() {
            return Optional.ofNullable(run);
        }

        private Result result() {
            return Result.fromString(result);
        }

        @Override
        public String toString() {
            return (name == null ? "a deleted build" : name) + ": " + result;
        }
    }
}
