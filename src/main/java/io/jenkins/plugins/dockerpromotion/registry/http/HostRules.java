package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The hosts that requests may go to, those behind redirects, links and token services included; without an entry, all.
 */
public final class HostRules implements Serializable {

    /** Sets no limit. */
    public static final HostRules ALL = new HostRules(List.of());

    private static final long serialVersionUID = 1L;

    private static final Set<String> DOCKER_HUB_HOSTS =
            Set.of(RegistryLocation.DOCKER_HUB_HOST, "registry-1.docker.io", "auth.docker.io", "hub.docker.com");

    private static final Pattern ENTRY = Pattern.compile("((\\*\\.)?[a-z0-9][a-z0-9.-]*|\\[[0-9a-f:]+])(:[0-9]{1,5})?");

    private final ArrayList<String> entries;

    private HostRules(List<String> entries) {
        this.entries = new ArrayList<>(entries);
    }

    /** @throws IllegalArgumentException in one line, if an entry is no {@code host[:port]} or {@code *.domain[:port]} */
    public static HostRules of(List<String> entries) {
        List<String> lower =
                entries.stream().map(e -> e.strip().toLowerCase(Locale.ROOT)).toList();
        for (String entry : lower) {
            if (!ENTRY.matcher(entry).matches()) {
                throw new IllegalArgumentException(Quoted.of(entry)
                        + " is no allowed registry host; one is registry.example.com, registry.example.com:5000 or"
                        + " *.example.com");
            }
        }
        return new HostRules(lower);
    }

    /** An entry without a port means the usual one of the scheme. */
    boolean allow(Origin origin) {
        String address = origin.toString().replaceFirst("^https?://", "");
        return entries.isEmpty()
                || entries.stream()
                        .anyMatch(e -> matches(e, address) || matches(e, origin.host() + ":" + origin.port()));
    }

    private static boolean matches(String entry, String address) {
        if (entry.equals(RegistryLocation.DOCKER_HUB_HOST)) {
            return DOCKER_HUB_HOSTS.contains(address);
        }
        return entry.startsWith("*.") ? address.endsWith(entry.substring(1)) : address.equals(entry);
    }
}
