package io.jenkins.plugins.dockerpromotion.registry.http;

/**
 * What calls need besides registry and credential.
 *
 * @param network where registries are
 * @param time the clock that waits and token lifetimes go by
 * @param notices hears of waits and retries
 * @param quotas learn what servers tell of their limits
 */
public record RegistryContext(Network network, Timekeeper time, Notices notices, Quotas quotas) {

    /** For one operation whose quotas nobody asks for. */
    public RegistryContext(Network network, Timekeeper time, Notices notices) {
        this(network, time, notices, new Quotas());
    }

    /** A transport that trusts what {@code location} is configured to trust. */
    public HttpTransport transport(RegistryLocation location) {
        return new HttpTransport(network, location.certificateAuthority(), time, notices, quotas);
    }
}
