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
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** Queues the builds of a push, and finds them again after a restart. */
final class PushScheduler {

    private static final Logger LOGGER = Logger.getLogger(PushScheduler.class.getName());

    /** A build that was running when Jenkins stopped is among the last ones of its job. */
    private static final int LAST_BUILDS = 20;

    private final PushStore store;
    private final Delivery delivery;
    private final Push push;
    private final boolean recovered;
    private final List<String> reasons = new ArrayList<>();

    /** @param recovered whether the push is from before a restart, so that its builds may exist already */
    PushScheduler(PushStore store, Delivery delivery, Push push, boolean recovered) {
        this.store = store;
        this.delivery = delivery;
        this.push = push;
        this.recovered = recovered;
    }

    /** Starts a build of each job that waits for the push. A failure for one job does not affect the others. */
    void schedule() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            scheduleAll();
        } catch (RuntimeException e) {
            failed(e);
        }
        store.change(delivery, () -> push.scheduled(reasons));
    }

    private void scheduleAll() {
        PushEvent event = push.event();
        if (store.isRepeated(push) && !delivery.isReplayed()) {
            reasons.add(event + " is a duplicate");
            return;
        }
        Map<Job<?, ?>, DockerHubPushTrigger> waiting = DockerHubPushTrigger.waitingFor(event.image());
        if (waiting.isEmpty()) {
            reasons.add("no job waits for " + event.image());
        }
        waiting.forEach((job, trigger) -> {
            Optional<String> objection = trigger.objection(event);
            if (objection.isPresent()) {
                reasons.add(job.getFullName() + " " + objection.get());
            } else {
                // Called before queueing, because the build may end immediately.
                store.change(delivery, () -> push.queue(job.getFullName(), trigger.isCallback()));
            }
        });
        waiting.keySet().stream().filter(job -> push.isOf(job.getFullName())).forEach(job -> start(job, event));
    }

    private void start(Job<?, ?> job, PushEvent event) {
        boolean queued = false;
        try {
            queued = recovered && exists(job) || enqueue(job, event);
            if (!queued) {
                reasons.add(job.getFullName() + (isDisabled(job) ? " is disabled" : " cannot be built now"));
            }
        } catch (RuntimeException e) {
            failed(e);
        }
        if (!queued) {
            store.change(delivery, () -> push.forget(job.getFullName()));
        }
    }

    private static boolean isDisabled(Job<?, ?> job) {
        return job instanceof ParameterizedJobMixIn.ParameterizedJob<?, ?> triggered && triggered.isDisabled();
    }

    private void failed(RuntimeException e) {
        LOGGER.log(Level.WARNING, e, () -> "Cannot start the builds of the push " + push.getId());
        reasons.add("failed; see the Jenkins log");
    }

    private boolean enqueue(Job<?, ?> job, PushEvent event) {
        Action[] actions = {
            new CauseAction(new DockerPushCause(push.getId(), event)), new DockerPushCause.InQueue(push.getId())
        };
        return ParameterizedJobMixIn.scheduleBuild2(job, -1, actions) != null;
    }

    /** Finds the builds that are not known to have ended; queues lost ones again. */
    void follow() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            push.open().forEach(this::follow);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot find the builds of the push " + push.getId());
        }
    }

    private void follow(String name) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(name, Job.class);
        Optional<String> known = push.find(name).flatMap(Push.Build::run);
        Optional<Run<?, ?>> run = known.isPresent()
                ? known.map(Run::fromExternalizableId)
                : Optional.ofNullable(job).flatMap(j -> builds(j).findFirst());
        if (run.isPresent() && run.get().isBuilding()) {
            store.change(delivery, () -> push.started(name, run.get()));
        } else if (run.isPresent()) {
            store.change(delivery, () -> push.ended(name, run.get()));
        } else if (known.isPresent() || job == null || !exists(job) && !enqueue(job, push.event())) {
            store.change(delivery, () -> push.ended(name, null));
        }
    }

    /** Searching in this order cannot miss a build that is moving from the queue to the job. */
    private boolean exists(Job<?, ?> job) {
        return isOfPush(queued(job))
                || isOfPush(starting(job))
                || builds(job).findAny().isPresent();
    }

    private boolean isOfPush(Stream<DockerPushCause.InQueue> actions) {
        return actions.anyMatch(action -> action.getPushId().equals(push.getId()));
    }

    private static Stream<DockerPushCause.InQueue> queued(Job<?, ?> job) {
        return job instanceof Queue.Task task
                ? Queue.getInstance().getItems(task).stream()
                        .flatMap(item -> item.getActions(DockerPushCause.InQueue.class).stream())
                : Stream.empty();
    }

    /** Between the queue and the job, only the executor knows a build. */
    private static Stream<DockerPushCause.InQueue> starting(Job<?, ?> job) {
        return Stream.of(Jenkins.get().getComputers())
                .flatMap(computer -> computer.getAllExecutors().stream())
                .map(Executor::getCurrentWorkUnit)
                .filter(unit -> unit != null && unit.context.task == job)
                .flatMap(unit -> unit.context.item.getActions(DockerPushCause.InQueue.class).stream());
    }

    private Stream<Run<?, ?>> builds(Job<?, ?> job) {
        return job.getBuilds().limit(LAST_BUILDS).stream()
                .<Run<?, ?>>map(run -> run)
                .filter(run -> isOfPush(run.getActions(DockerPushCause.InQueue.class).stream()));
    }
}
