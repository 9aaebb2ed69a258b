package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.model.Action;
import hudson.model.CauseAction;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

    private static boolean isThere(Job<?, ?> job, String pushId) {
        Stream<PushAction> queued = job instanceof Queue.Task task
                ? Queue.getInstance().getItems(task).stream().flatMap(i -> i.getActions(PushAction.class).stream())
                : Stream.empty();
        Stream<PushAction> built = job.getBuilds().limit(LAST_BUILDS).stream()
                .flatMap(run -> ((Run<?, ?>) run).getActions(PushAction.class).stream());
        return Stream.concat(queued, built)
                .anyMatch(action -> action.getPushId().equals(pushId));
    }
}
