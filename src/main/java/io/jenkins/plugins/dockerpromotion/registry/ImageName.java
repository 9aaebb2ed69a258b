package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of an image repository, without tag or digest: {@code technolog/serviceone}, {@code
 * registry.example.com:5000/group/app}. Follows the reference grammar of the distribution project
 * (github.com/distribution/reference), including Docker Hub's short names and aliases.
 *
 * @param host {@code docker.io} for Docker Hub, otherwise {@code host[:port]} in lower case
 * @param path the path of the repository on that host, including {@code library/} for Docker Hub's official images
 */
public record ImageName(String host, String path) implements Serializable {

    /** The host of Docker Hub in image names. */
    public static final String DOCKER_HUB = RegistryLocation.DOCKER_HUB_HOST;

    /** The maximum length of a path in the grammar, in characters. */
    private static final int MAX_PATH_LENGTH = 255;

    private static final int MAX_HOST_LENGTH = 255;
    private static final Set<String> DOCKER_HUB_ALIASES =
            Set.of(DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com");
    private static final String HOST_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern HOST =
            Pattern.compile("(?:" + HOST_PART + "(?:\\." + HOST_PART + ")*|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
    private static final Pattern PATH_COMPONENT = Pattern.compile("[a-z0-9]++(?:(?:[._]|__|-++)[a-z0-9]++)*+");
    /** The grammar reserves these for image ids. */
    private static final Pattern IMAGE_ID = Pattern.compile("[a-f0-9]{64}");

    public ImageName {
        Objects.requireNonNull(path, "path");
        if (!parseHost(host).equals(host)) {
            throw new IllegalArgumentException(LogText.quote(host) + " is not a valid registry host");
        }
        checkPath(path, path);
    }

    /**
     * Parses a name like the docker command line.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not the name of a repository
     */
    public static ImageName parse(String text) {
        if (text == null || text.isEmpty()) {
            throw new IllegalArgumentException("an image name is required, such as technolog/serviceone");
        }
        int slash = text.indexOf('/');
        boolean named = slash >= 0 && isHost(text.substring(0, slash));
        String host = named ? parseHost(text.substring(0, slash)) : DOCKER_HUB;
        String path = named ? text.substring(slash + 1) : text;
        checkPath(path, text);
        if (IMAGE_ID.matcher(text).matches()) {
            throw new IllegalArgumentException(LogText.quote(text) + " is an image id, not an image name");
        }
        boolean official = host.equals(DOCKER_HUB) && path.indexOf('/') < 0;
        return new ImageName(host, official ? "library/" + path : path);
    }

    /**
     * Parses {@code host[:port]}; every alias of Docker Hub becomes {@code docker.io}.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not a host
     */
    public static String parseHost(String text) {
        if (text == null
                || text.length() > MAX_HOST_LENGTH
                || !HOST.matcher(text).matches()) {
            throw new IllegalArgumentException(LogText.quote(text)
                    + " is not a registry: expected host or host:port, such as registry.example.com:5000");
        }
        String host = text.toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            int port = Integer.parseInt(host.substring(colon + 1));
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        LogText.quote(text) + " is not a registry: ports go from 1 to 65535");
            }
        }
        if (!fitsIntoAddress(host)) {
            throw new IllegalArgumentException(
                    LogText.quote(text) + " is not a registry: this is not a valid host address");
        }
        return DOCKER_HUB_ALIASES.contains(host) ? DOCKER_HUB : host;
    }

    /** The grammar allows more than an address can be, such as {@code [:::]} and {@code 1.2.3.4.5}. */
    private static boolean fitsIntoAddress(String host) {
        try {
            return new URI("https://" + host).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * The first component is a host if it looks like one, as on the docker command line. Docker also treats a single
     * upper-case word as a host. Here it is an error: it is usually a mistyped namespace, and credentials must not be
     * sent to a machine of that name.
     */
    private static boolean isHost(String component) {
        return component.indexOf('.') >= 0 || component.indexOf(':') >= 0 || component.equals("localhost");
    }

    private static void checkPath(String path, String text) {
        if (path.length() > MAX_PATH_LENGTH) {
            throw new IllegalArgumentException(
                    "the image name is " + path.length() + " characters long; " + MAX_PATH_LENGTH + " are allowed");
        }
        if (path.indexOf('@') >= 0 || path.indexOf(':') >= 0) {
            throw new IllegalArgumentException(LogText.quote(text)
                    + " contains a tag or digest: give only the image name, and the tag separately");
        }
        for (String component : path.split("/", -1)) {
            if (!PATH_COMPONENT.matcher(component).matches()) {
                throw new IllegalArgumentException(LogText.quote(text) + " is not an image name: " + fault(component));
            }
        }
    }

    private static String fault(String component) {
        if (component.isEmpty()) {
            return "a part between slashes is empty";
        }
        if (!component.toLowerCase(Locale.ROOT).equals(component)) {
            return "it must be in lower case";
        }
        return "parts are lower-case letters and digits, separated by one dot, one or two underscores, or hyphens";
    }

    /** Whether the repository is on Docker Hub. */
    public boolean isDockerHub() {
        return host.equals(DOCKER_HUB);
    }

    /** The first component of the path: a user or organization on Docker Hub. */
    public String namespace() {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }

    /** The path after the namespace. */
    public String repository() {
        return path.substring(path.indexOf('/') + 1);
    }

    /** The name in its short form: without Docker Hub's host and {@code library/} if {@link #parse} adds them again. */
    @Override
    public String toString() {
        if (!isDockerHub() || isHost(namespace())) {
            return host + '/' + path;
        }
        boolean official = namespace().equals("library") && repository().indexOf('/') < 0;
        return official && !IMAGE_ID.matcher(repository()).matches() ? repository() : path;
    }
}
