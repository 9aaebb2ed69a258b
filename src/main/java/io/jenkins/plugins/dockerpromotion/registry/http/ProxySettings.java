package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The proxy that requests go through, and the hosts that are reached without it.
 *
 * @param host the proxy's host, empty for none
 * @param port the proxy's port
 * @param username for a proxy that asks for it, else empty
 * @param password for a proxy that asks for it, else empty
 * @param noProxyHosts regular expressions of hosts that are asked directly
 */
public record ProxySettings(String host, int port, String username, String password, List<Pattern> noProxyHosts)
        implements Serializable {

    /** Every host is asked directly. */
    public static final ProxySettings NONE = new ProxySettings("", 0, "", "", List.of());

    public ProxySettings {
        noProxyHosts = List.copyOf(noProxyHosts);
    }

    /** Whether {@code uri} is asked through the proxy; this machine never is. */
    boolean appliesTo(URI uri) {
        return !host.isEmpty()
                && !Origin.of(uri).isLoopback()
                && noProxyHosts.stream().noneMatch(p -> p.matcher(uri.getHost()).matches());
    }

    /** The value of the {@code Proxy-Authorization} header for {@code uri}, if one is needed. */
    Optional<String> authorizationFor(URI uri) {
        if (username.isEmpty() || !appliesTo(uri)) {
            return Optional.empty();
        }
        byte[] pair = (username + ':' + password).getBytes(StandardCharsets.UTF_8);
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    /** Patterns have no equality of their own; a shared client is found by this key. */
    String key() {
        return host + ':' + port + noProxyHosts;
    }

    @Override
    public String toString() {
        return host.isEmpty() ? "no proxy" : host + ':' + port;
    }
}
