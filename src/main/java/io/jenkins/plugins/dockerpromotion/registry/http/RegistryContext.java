package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import java.time.Duration;
import java.time.Instant;

/**
 * What calls need besides registry and credential.
 *
 * @param network where registries are
 * @param time the clock that waits and token lifetimes go by
 * @param notices hears of waits and retries
 * @param memory of earlier attempts of the same operation
 * @param quotas learn what servers tell of their limits
 */
public record RegistryContext(Network network, Timekeeper time, Notices notices, Memory memory, Quotas quotas) {

    /** For one operation that is not sent again. */
    public RegistryContext(Network network, Timekeeper time, Notices notices) {
        this(network, time, notices, Memory.NONE);
    }

    /** For one operation that may be sent again. */
    public RegistryContext(Network network, Timekeeper time, Notices notices, Memory memory) {
        this(network, time, notices, memory, new Quotas());
    }

    /** The same on another network. */
    public RegistryContext with(Network other) {
        return new RegistryContext(other, time, notices, memory, quotas);
    }

    /** A transport that trusts what {@code location} is configured to trust. */
    public HttpTransport transport(RegistryLocation location) {
        return new HttpTransport(this, location.certificateAuthority());
    }

    /** Hears what a call wants people to know while it is under way: waits, retries, warnings of the registry. */
    @FunctionalInterface
    public interface Notices {

        /** Nobody listens. */
        Notices NONE = line -> {};

        /** @param line one line without secrets */
        void say(String line);
    }

    /** The clock that waits and token lifetimes go by; tests move it themselves. */
    public interface Timekeeper {

        /** The real clock. */
        Timekeeper SYSTEM = new Timekeeper() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                Thread.sleep(duration.toMillis());
            }
        };

        Instant now();

        /** Returns once {@code duration} has passed on this clock. */
        void pause(Duration duration) throws InterruptedException;
    }
}
