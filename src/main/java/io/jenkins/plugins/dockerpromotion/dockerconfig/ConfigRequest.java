package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of {@link ConfigDirectory}; holds secrets, so it is for one call and never kept.
 *
 * @param inherit what to do with the configuration that was in force before
 * @param temporarySuffix how folders for temporary files of a build end, as in {@code workspace@tmp}; a configuration
 *     inside one is that of an outer block, so that its logins are taken over as well
 * @param environment the variables in force before
 * @param logins in the order in which they are made
 */
public record ConfigRequest(
        Inherit inherit,
        String temporarySuffix,
        Map<String, String> environment,
        Map<RegistryKey, RegistryAuthentication> logins)
        implements Serializable {

    /** How much of the configuration that was in force before is taken over. */
    public enum Inherit {
        NOTHING,

        /** What cannot be read is left out with a warning, as the Docker client does. */
        IF_READABLE,

        /** What cannot be read is an error. */
        REQUIRED
    }

    public ConfigRequest {
        environment = new LinkedHashMap<>(environment);
        logins = new LinkedHashMap<>(logins);
    }

    /** The value of a variable that was in force before and is not empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return "ConfigRequest[inherit=" + inherit + ", logins=" + logins.keySet() + ']';
    }
}
