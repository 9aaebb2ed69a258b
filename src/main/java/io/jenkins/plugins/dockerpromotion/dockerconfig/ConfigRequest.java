package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The request to {@link ConfigDirectory}. Contains secrets, so it is used for one call and never stored.
 *
 * @param inherit how to use the existing configuration
 * @param temporarySuffix the suffix of folders for temporary files of a build, as in {@code workspace@tmp}; a
 *     configuration in such a folder belongs to an outer block, so its logins are inherited, too
 * @param environment the current variables
 * @param logins in the order given
 */
public record ConfigRequest(
        Inherit inherit,
        String temporarySuffix,
        Map<String, String> environment,
        Map<RegistryKey, RegistryAuthentication> logins)
        implements Serializable {

    /** How to use the existing configuration. */
    public enum Inherit {
        NOTHING,

        /** Inherit it; if it cannot be read, continue without it and warn, like the Docker client. */
        IF_READABLE,

        /** Inherit it; fail if it cannot be read. */
        REQUIRED
    }

    public ConfigRequest {
        environment = new LinkedHashMap<>(environment);
        logins = new LinkedHashMap<>(logins);
    }

    /** The current value of a variable; empty if it is not set or empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return "ConfigRequest[inherit=" + inherit + ", logins=" + logins.keySet() + ']';
    }
}
