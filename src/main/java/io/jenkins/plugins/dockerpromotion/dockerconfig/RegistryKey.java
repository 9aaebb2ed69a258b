package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.Serializable;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name under which the Docker client keeps the login of a registry.
 *
 * @param host {@code host[:port]} in lower case, {@code docker.io} for Docker Hub
 */
public record RegistryKey(String host) implements Serializable {

    /** What the Docker client has called Docker Hub since before registries had an API of version 2. */
    static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    /** Names that people give Docker Hub, besides those that image names know. */
    private static final Set<String> WEB_SITES = Set.of("hub.docker.com", "www.docker.io");

    private static final Pattern ADDRESS = Pattern.compile("(?:https?://)?(?<host>[^/]+)(?:/|/v[12]/?)?");

    /** @throws IllegalArgumentException with one sentence for the author, if {@code host} is none */
    public RegistryKey {
        host = ImageName.parseHost(host);
        if (WEB_SITES.contains(host)) {
            host = ImageName.DOCKER_HUB;
        }
    }

    /**
     * Reads what an author writes for a registry: {@code host[:port]}, or its address with {@code https://}. An empty
     * text is Docker Hub.
     *
     * @throws IllegalArgumentException with one sentence for the author, if it is neither
     */
    public static RegistryKey of(String registry) {
        String text = registry.trim();
        Matcher address = ADDRESS.matcher(text);
        if (text.isEmpty()) {
            return new RegistryKey(ImageName.DOCKER_HUB);
        }
        // What is no address has no host either, and is refused by that name; a password in it is not repeated.
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
     * Whether an entry of a configuration is for the whole of this registry, in any of the forms clients have written
     * it. Entries for a part of a registry ({@code host/group}, as Podman and Skopeo know them) are not.
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
