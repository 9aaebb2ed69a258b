package io.jenkins.plugins.dockerpromotion.registry.http;

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

    /** A transport that trusts what {@code location} is configured to trust. */
    public HttpTransport transport(RegistryLocation location) {
        return new HttpTransport(network, location.certificateAuthority(), time, notices, quotas);
    }
}
