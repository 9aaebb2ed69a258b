package io.jenkins.plugins.dockerpromotion.notification;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a push is answered. The address stands in a payload that nobody signed, so it is Docker Hub's own or one that the
 * administrator listed, and nothing else: whoever can deliver a push could else make Jenkins post anywhere.
 *
 * @param uri https
 * @param isListed whether the administrator listed its host
 */
public record CallbackAddress(URI uri, boolean isListed) {

    private static final int MAX_LENGTH = 1000;

    /** As in Docker's documentation of webhooks, and in every payload that was seen. */
    private static final Set<String> DOCKER_HUB = Set.of("registry.hub.docker.com", "hub.docker.com");

    private static final Pattern DOCKER_HUB_PATH =
            Pattern.compile("/u/[a-z0-9_-]{1,255}/[a-z0-9][a-z0-9._-]{0,254}/hook/[A-Za-z0-9_-]{1,255}/?");

    /**
     * Reads a list of hosts as an administrator writes it.
     *
     * @param text hosts, each maybe with a port, separated by spaces or commas
     * @return the hosts in lower case
     * @throws IllegalArgumentException in one line, if one of them is none
     */
    public static Set<String> parseHosts(String text) {
        return Stream.of(text.toLowerCase(Locale.ROOT).split("[\\s,]+"))
                .filter(host -> !host.isEmpty())
                .map(CallbackAddress::host)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String host(String text) {
        try {
            URI uri = new URI("https://" + text);
            if (uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && text.equals(uri.getRawAuthority())
                    && !text.endsWith(":")) {
                return text;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + text + "' is no host; write for instance hooks.example.com:8443");
    }

    /**
     * Reads the {@code callback_url} of a payload.
     *
     * @param listed hosts the administrator lists, in lower case, each {@code host} or {@code host:port}
     * @throws IllegalArgumentException in one line, if nothing may be sent there
     */
    public static CallbackAddress parse(String text, Set<String> listed) {
        URI uri = uri(text);
        // The authority as a whole: no user name, no port, no dot at its end, nothing that parsers see differently.
        String authority = uri.getRawAuthority();
        boolean isListed = listed.contains(authority);
        if (!isListed && !DOCKER_HUB.contains(authority)) {
            throw new IllegalArgumentException("its callback is not to one of Docker Hub's hosts ("
                    + String.join(", ", DOCKER_HUB.stream().sorted().toList())
                    + "); an administrator can list others");
        }
        if (!isListed
                && (uri.getRawQuery() != null
                        || !DOCKER_HUB_PATH.matcher(uri.getRawPath()).matches())) {
            throw new IllegalArgumentException("its callback on Docker Hub is not that of a webhook");
        }
        return new CallbackAddress(uri, isListed);
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text);
            boolean plain = text.length() <= MAX_LENGTH
                    && "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null;
            if (plain) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below, without repeating what a stranger wrote.
        }
        throw new IllegalArgumentException("its callback is not an https address of a host and a path");
    }
}
