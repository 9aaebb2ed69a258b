package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.Serializable;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name under which the Docker client stores the login of a registry.
 *
 * @param host {@code host[:port]} in lower case, {@code docker.io} for Docker Hub
 */
public record RegistryKey(String host) implements Serializable {

    /** The Docker client's name for Docker Hub since version 1 of the registry API. */
    static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    /** Other names for Docker Hub, besides those in image names. */
    private static final Set<String> WEB_SITES = Set.of("hub.docker.com", "www.docker.io");

    private static final Pattern ADDRESS = Pattern.compile("(?:https?://)?(?<host>[^/]+)(?:/|/v[12]/?)?");

    /** @throws IllegalArgumentException in one sentence, if {@code host} is not a registry host */
    public RegistryKey {
        host = ImageName.parseHost(host);
        if (WEB_SITES.contains(host)) {
            host = ImageName.DOCKER_HUB;
        }
    }

    /**
     * Parses a registry in a Jenkinsfile: {@code host[:port]}, or its address with {@code https://}. An empty text
     * means Docker Hub.
     *
     * @throws IllegalArgumentException in one sentence, if it is neither
     */
    public static RegistryKey of(String registry) {
        String text = registry.trim();
        Matcher address = ADDRESS.matcher(text);
        if (text.isEmpty()) {
            return new RegistryKey(ImageName.DOCKER_HUB);
        }
        // Text that is not an address is refused as a host. The message does not repeat a password in it.
        return new RegistryKey(address.matches() ? withoutUser(address.group("host")) : withoutUser(text));
    }

    /** The key of this registry in {@code auths}. */
    public String inAuths() {
        return isDockerHub() ? DOCKER_HUB_KEY : host;
    }

    public boolean isDockerHub() {
        return host.equals(ImageName.DOCKER_HUB);
    }

    /**
     * Whether an entry of a configuration is for this registry as a whole, in any form that clients have written.
     * Entries for a part of a registry ({@code host/group}, as in Podman and Skopeo) are not.
     */
    boolean isMeantBy(String entry) {
        Matcher address = ADDRESS.matcher(entry);
        try {
            return address.matches() && equals(new RegistryKey(address.group("host")));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withoutUser(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : "****" + text.substring(at);
    }
}
