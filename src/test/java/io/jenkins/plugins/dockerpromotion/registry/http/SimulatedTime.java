package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock on which sleeping takes no time. Records the pauses. */
public final class SimulatedTime implements Timekeeper {

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.parse("2019-05-20T08:00:00Z");

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        pauses.add(duration);
        advance(duration);
    }

    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    /** Returns the pauses so far. */
    public List<Duration> pauses() {
        return pauses;
    }
}
