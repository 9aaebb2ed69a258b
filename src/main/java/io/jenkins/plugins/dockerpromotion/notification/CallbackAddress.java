package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.Timing;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a push is answered. The address comes from a payload that nobody signed. So it has to be one of Docker Hub's, or on
 * a host that the administrator listed; otherwise whoever can deliver a push could make Jenkins post anywhere.
 *
 * @param uri https
 */
public record CallbackAddress(URI uri) {

    /** An answer is best effort: nobody is to wait for long. */
    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10), 4, Duration.ofMinutes(1));

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
        throw new IllegalArgumentException("'" + text + "' is not a host; expected for example hooks.example.com:8443");
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
        return new CallbackAddress(uri);
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

    /**
     * Posts {@code message} without any credential; several times, if need be.
     *
     * @throws RegistryException if it was not taken
     */
    public void send(CallbackMessage message, RegistryContext context) throws RegistryException, InterruptedException {
        // The callback's own host, which need not be among those that hold images.
        Network network = context.network().with(TIMING).with(HostRules.of(List.of(uri.getRawAuthority())));
        HttpTransport transport = new HttpTransport(
                network, network.certificateAuthority(uri), context.time(), context.notices(), context.quotas());
        RegistryRequest post = RegistryRequest.of("report the build result", "POST", uri)
                .header("Accept", "application/json")
                .body(new RequestBody.Bytes(message.json(), "application/json"));
        transport.call(post, Authorizer.NONE, answer -> null);
    }
}
