package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.Optional;

/**
 * What calls need besides registry and credential.
 *
 * @param network where registries are
 * @param time the clock that waits and token lifetimes go by
 * @param notices hears of waits and retries
 * @param quotas learn what servers tell of their limits
 * @param guard says where a host is that nobody named, for somebody who might look around; nothing for a build
 */
public record RegistryContext(
        Network network, Timekeeper time, Notices notices, Quotas quotas, Optional<Addresses> guard) {

    /** What the calls of a build need. */
    public RegistryContext(Network network, Timekeeper time, Notices notices, Quotas quotas) {
        this(network, time, notices, quotas, Optional.empty());
    }

    /** For one operation whose quotas nobody asks for. */
    public RegistryContext(Network network, Timekeeper time, Notices notices) {
        this(network, time, notices, new Quotas());
    }

    /** A caller that trusts what {@code location} is configured to trust. */
    public HttpCaller caller(RegistryLocation location) {
        String authority = location.certificateAuthority();
        return guard.map(addresses -> HttpCaller.guarded(network, authority, addresses, time, notices))
                .orElseGet(() -> new HttpCaller(network, authority, time, notices, quotas));
    }
}
