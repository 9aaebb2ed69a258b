package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;

/** Which triggers wait for which image, so that a push costs nothing for the jobs it has nothing to do with. */
@Extension
public final class TriggerIndex {

    private final Map<ImageName, Set<DockerHubPushTrigger>> byImage = new HashMap<>();
    private final Map<DockerHubPushTrigger, Set<ImageName>> byTrigger = new HashMap<>();

    static TriggerIndex get() {
        return ExtensionList.lookupSingleton(TriggerIndex.class);
    }

    synchronized void add(Set<ImageName> images, DockerHubPushTrigger trigger) {
        remove(trigger);
        byTrigger.put(trigger, Set.copyOf(images));
        images.forEach(
                image -> byImage.computeIfAbsent(image, i -> new HashSet<>()).add(trigger));
    }

    synchronized void remove(DockerHubPushTrigger trigger) {
        for (ImageName image : byTrigger.getOrDefault(trigger, Set.of())) {
            byImage.computeIfPresent(
                    image, (i, waiting) -> waiting.remove(trigger) && waiting.isEmpty() ? null : waiting);
        }
        byTrigger.remove(trigger);
    }

    /** A job and the trigger of it that waits. */
    record Waiting(Job<?, ?> job, DockerHubPushTrigger trigger) {}

    /** Those of jobs that are still there, by name; a deleted or moved job may not have stopped its trigger. */
    List<Waiting> waitingFor(ImageName image) {
        List<DockerHubPushTrigger> triggers;
        synchronized (this) {
            triggers = List.copyOf(byImage.getOrDefault(image, Set.of()));
        }
        List<Waiting> waiting = new ArrayList<>();
        for (DockerHubPushTrigger trigger : triggers) {
            Job<?, ?> job = trigger.job();
            if (job != null && Jenkins.get().getItemByFullName(job.getFullName()) == job) {
                if (isOf(job, trigger)) {
                    waiting.add(new Waiting(job, trigger));
                }
            } else {
                remove(trigger);
            }
        }
        waiting.sort(Comparator.comparing(w -> w.job().getFullName()));
        return waiting;
    }

    /** Jenkins does not stop the triggers of a job whose {@code config.xml} is replaced, as Job DSL and the REST API do. */
    private static boolean isOf(Job<?, ?> job, DockerHubPushTrigger trigger) {
        return job instanceof ParameterizedJobMixIn.ParameterizedJob<?, ?> triggered
                && triggered.getTriggers().values().stream().anyMatch(t -> t == trigger);
    }
}
