package io.jenkins.plugins.dockerpromotion.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;

/** A push that can be answered, and how far the builds it started have come. {@link PushAnswers} guards its state. */
public final class AwaitedAnswer {

    private final String pushId;
    private final String push;
    private final Secret address;
    private final Map<String, Outcome> builds = new LinkedHashMap<>();
    private boolean answered;
    private transient boolean underWay;

    private AwaitedAnswer(Push push, String address) {
        this.pushId = push.getId();
        this.push = push.toString();
        this.address = Secret.fromString(address);
    }

    /** @param jobs those that the push starts */
    static AwaitedAnswer of(Push push, String address, List<TriggerIndex.Waiting> jobs) {
        AwaitedAnswer answer = new AwaitedAnswer(push, address);
        jobs.forEach(w ->
                answer.builds.put(w.job().getFullName(), new Outcome(w.trigger().isCallback())));
        return answer;
    }

    String pushId() {
        return pushId;
    }

    /** Where to, as the payload had it. */
    String address() {
        return address.getPlainText();
    }

    /** For people: {@code technolog/serviceone:2017.2.103}. */
    @Override
    public String toString() {
        return push;
    }

    boolean isFor(Run<?, ?> run) {
        return builds.containsKey(run.getParent().getFullName())
                && startedBy(pushId).test(run);
    }

    private static Predicate<Run<?, ?>> startedBy(String pushId) {
        return run -> run.getActions(PushAction.class).stream()
                .anyMatch(action -> action.getPushId().equals(pushId));
    }

    /** @param run {@code null} if it will never be a build, or is gone */
    void ended(String job, @CheckForNull Run<?, ?> run) {
        if (builds.containsKey(job)) {
            builds.get(job).ended(run);
        }
    }

    /** It could not even be put into the queue: then it is no part of the answer. */
    void forget(String job) {
        builds.remove(job);
    }

    void renamed(String before, String now) {
        Outcome moved = builds.remove(before);
        if (moved != null) {
            builds.put(now, moved);
        }
    }

    /** The jobs whose builds have not ended, as far as is known. */
    List<String> open() {
        return builds.entrySet().stream()
                .filter(build -> build.getValue().isOpen())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The build of one of the jobs. */
    @CheckForNull
    Run<?, ?> find(String name) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(name, Job.class);
        return job == null
                ? null
                : job.getBuilds().limit(PushScheduler.LAST_BUILDS).stream()
                        .map(run -> (Run<?, ?>) run)
                        .filter(startedBy(pushId))
                        .findFirst()
                        .orElse(null);
    }

    void answered() {
        answered = true;
    }

    /** Whether it is to be answered now, by the caller and nobody else. */
    boolean claim() {
        List<Outcome> asking = asking();
        boolean mine =
                !answered && !underWay && !asking.isEmpty() && asking.stream().noneMatch(Outcome::isOpen);
        underWay |= mine;
        return mine;
    }

    /** Nothing more will come of it. */
    boolean isSettled() {
        return builds.values().stream().noneMatch(Outcome::isOpen) && (answered || asking().isEmpty());
    }

    /** The builds whose triggers want the push to be answered. */
    private List<Outcome> asking() {
        return builds.values().stream().filter(outcome -> outcome.asks).toList();
    }

    /** The worst of the builds speaks for all of them, and all are named. */
    Verdict verdict() {
        List<Outcome> asking = asking();
        Outcome worst = asking.stream()
                .max(Comparator.comparing(outcome -> outcome.result().ordinal))
                .orElseThrow();
        String description = asking.stream().map(Outcome::toString).collect(Collectors.joining(", "));
        return new Verdict(Optional.ofNullable(worst.run), worst.result(), description);
    }

    /**
     * What came of all builds.
     *
     * @param run the id of the worst; empty if it is gone
     */
    record Verdict(Optional<String> run, Result result, String description) {

        /** Loads the build, so not to be called under a lock. */
        CallbackMessage message() {
            Run<?, ?> worst = run.<Run<?, ?>>map(Run::fromExternalizableId).orElse(null);
            return Callback.message(worst, Callback.stateOf(result), description);
        }
    }

    /** What became of one build; by its run's id, since a run is not kept in memory. */
    private static final class Outcome {
        private final boolean asks;
        private String run;
        private String name = "a build that is gone";
        private String result;

        Outcome(boolean asks) {
            this.asks = asks;
        }

        boolean isOpen() {
            return result == null;
        }

        Result result() {
            return Result.fromString(result);
        }

        void ended(@CheckForNull Run<?, ?> ended) {
            Result known = ended == null ? null : ended.getResult();
            result = (known == null ? Result.NOT_BUILT : known).toString();
            if (ended != null) {
                run = ended.getExternalizableId();
                name = ended.getFullDisplayName();
            }
        }

        @Override
        public String toString() {
            return name + ": " + result;
        }
    }
}
