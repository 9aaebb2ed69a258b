package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.model.Action;
import hudson.model.CauseAction;
import hudson.model.Executor;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** Puts the builds that a delivery starts into the queue of Jenkins. */
final class PushScheduler {

    /** A build of a push that was under way when Jenkins ended is among the last ones of its job. */
    static final int LAST_BUILDS = 20;

    private final SeenPushes seen;

    PushScheduler(SeenPushes seen) {
        this.seen = seen;
    }

    /** @param recovered whether it is from before a restart, so that its builds may be there already */
    void schedule(Delivery delivery, boolean recovered) {
        List<String> started = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (Push push : delivery.getPushes()) {
                PushEvent event = push.event();
                if (seen.isRepeated(push.getId(), event) && !delivery.isReplayed()) {
                    reasons.add(event + " was delivered before");
                } else {
                    schedule(push, event, recovered, started, reasons);
                }
            }
        }
        delivery.end(started, reasons);
    }

    private static void schedule(
            Push push, PushEvent event, boolean recovered, List<String> started, List<String> reasons) {
        List<TriggerIndex.Waiting> waiting = TriggerIndex.get().waitingFor(event.image());
        if (waiting.isEmpty()) {
            reasons.add("no job waits for " + event.image());
        }
        PushAnswers answers = PushAnswers.get();
        answers.await(
                push,
                waiting.stream()
                        .filter(w -> w.trigger().objection(event) == null)
                        .toList(),
                recovered);
        for (TriggerIndex.Waiting each : waiting) {
            Job<?, ?> job = each.job();
            String objection = each.trigger().objection(event);
            if (objection == null && !(recovered && isThere(job, push.getId()))) {
                objection = enqueue(job, push, event) ? null : "is disabled";
                if (objection != null) {
                    answers.forget(push.getId(), job.getFullName());
                }
            }
            if (objection == null) {
                started.add(job.getFullName());
            } else {
                reasons.add(job.getFullName() + " " + objection);
            }
        }
    }

    private static boolean enqueue(Job<?, ?> job, Push push, PushEvent event) {
        Action[] actions = {new CauseAction(new DockerPushCause(push.getId(), event)), new PushAction(push.getId())};
        return ParameterizedJobMixIn.scheduleBuild2(job, -1, actions) != null;
    }

    /** Looked for in this order, a build that is on its way from the queue to the job cannot slip through. */
    private static boolean isThere(Job<?, ?> job, String pushId) {
        return contains(queued(job), pushId) || contains(starting(job), pushId) || contains(built(job), pushId);
    }

    private static boolean contains(Stream<PushAction> actions, String pushId) {
        return actions.anyMatch(action -> action.getPushId().equals(pushId));
    }

    private static Stream<PushAction> queued(Job<?, ?> job) {
        return job instanceof Queue.Task task
                ? Queue.getInstance().getItems(task).stream().flatMap(i -> i.getActions(PushAction.class).stream())
                : Stream.empty();
    }

    /** Between the queue and the job a build is known to its executor alone. */
    private static Stream<PushAction> starting(Job<?, ?> job) {
        return Stream.of(Jenkins.get().getComputers())
                .flatMap(computer -> computer.getAllExecutors().stream())
                .map(Executor::getCurrentWorkUnit)
                .filter(unit -> unit != null && unit.context.task == job)
                .flatMap(unit -> unit.context.item.getActions(PushAction.class).stream());
    }

    private static Stream<PushAction> built(Job<?, ?> job) {
        return job.getBuilds().limit(LAST_BUILDS).stream()
                .flatMap(run -> ((Run<?, ?>) run).getActions(PushAction.class).stream());
    }
}
