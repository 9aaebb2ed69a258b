package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.Jenkins;

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

    /** The triggers of jobs that are still there; a deleted or moved job may not have stopped its own. */
    Collection<DockerHubPushTrigger> waitingFor(ImageName image) {
        List<DockerHubPushTrigger> waiting;
        synchronized (this) {
            waiting = List.copyOf(byImage.getOrDefault(image, Set.of()));
        }
        return waiting.stream().filter(this::isAlive).toList();
    }

    private boolean isAlive(DockerHubPushTrigger trigger) {
        Job<?, ?> job = trigger.job();
        boolean alive = job != null && Jenkins.get().getItemByFullName(job.getFullName()) == job;
        if (!alive) {
            remove(trigger);
        }
        return alive;
    }
}
