package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
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
 * The callback URL of a push. It comes from an unsigned payload, so it must be on Docker Hub or on a host that the
 * administrator listed. Otherwise, anybody who can deliver a push could make Jenkins send a POST request anywhere.
 *
 * @param uri https
 */
public record CallbackAddress(URI uri) {

    /** Short timeouts, because the report is best effort. */
    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10), 4, Duration.ofMinutes(1));

    private static final int MAX_LENGTH = 1000;

    /** From Docker's documentation of webhooks, and from every observed payload. */
    private static final Set<String> DOCKER_HUB = Set.of("registry.hub.docker.com", "hub.docker.com");

    private static final Pattern DOCKER_HUB_PATH =
            Pattern.compile("/u/[a-z0-9_-]{1,255}/[a-z0-9][a-z0-9._-]{0,254}/hook/[A-Za-z0-9_-]{1,255}/?");

    /**
     * Parses an administrator's list of hosts.
     *
     * @param text hosts with optional ports, separated by spaces or commas
     * @return the hosts in lower case
     * @throws IllegalArgumentException in one line, if one of them is not a host
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
            // Reported below.
        }
        throw new IllegalArgumentException("'" + text + "' is not a host; expected for example hooks.example.com:8443");
    }

    /**
     * Parses the {@code callback_url} of a payload.
     *
     * @param listed the administrator's hosts in lower case, each {@code host} or {@code host:port}
     * @throws IllegalArgumentException in one line, if this URL is not allowed
     */
    public static CallbackAddress parse(String text, Set<String> listed) {
        URI uri = uri(text);
        // Compares the whole authority: no username, no port, no trailing dot, nothing that parsers read differently.
        String authority = uri.getRawAuthority();
        boolean isListed = listed.contains(authority);
        if (!isListed && !DOCKER_HUB.contains(authority)) {
            throw new IllegalArgumentException("its callback URL is not on one of Docker Hub's hosts ("
                    + String.join(", ", DOCKER_HUB.stream().sorted().toList())
                    + "); an administrator can allow other hosts");
        }
        if (!isListed
                && (uri.getRawQuery() != null
                        || !DOCKER_HUB_PATH.matcher(uri.getRawPath()).matches())) {
            throw new IllegalArgumentException("its callback URL on Docker Hub does not belong to a webhook");
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
            // Reported below, without repeating untrusted text.
        }
        throw new IllegalArgumentException("its callback URL is not an https URL with a host and a path");
    }

    /**
     * Sends {@code message} without credentials, with retries.
     *
     * @throws RegistryException if it was not accepted
     */
    public void send(CallbackMessage message, RegistryContext context) throws RegistryException, InterruptedException {
        // Allows the callback's host, which need not be a registry host.
        Network network = context.network().with(TIMING).with(new HostRules(List.of(uri.getRawAuthority())));
        HttpTransport transport = new HttpTransport(context.with(network), network.certificateAuthority(uri));
        RegistryRequest post = RegistryRequest.of("report the build result", "POST", uri)
                .header("Accept", "application/json")
                .body(RequestBody.of(message.json(), "application/json"));
        transport.call(post, Authorizer.NONE, answer -> null);
    }
}
