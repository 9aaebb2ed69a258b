package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.util.Locale;

/**
 * Scheme, host and port of an address (RFC 6454). Credentials are never sent to another origin.
 *
 * @param scheme {@code https} or {@code http}
 * @param host in lower case; an IPv6 address is in brackets
 * @param port the port of the address, or the default port of the scheme
 */
public record Origin(String scheme, String host, int port) implements Serializable {

    private static final int MAX_PORT = 65535;

    /** @throws IllegalArgumentException if {@code uri} is not an absolute http or https address with a host */
    public static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || uri.getPort() > MAX_PORT || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("not an http or https address");
        }
        int usual = scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() < 0 ? usual : uri.getPort());
    }

    /** Whether requests to it are encrypted. */
    public boolean isEncrypted() {
        return scheme.equals("https");
    }

    /** Whether a request to {@code other} may be redirected here: it must stay encrypted, or stay on this machine. */
    boolean isAsSafeAs(Origin other) {
        return isEncrypted() || (!other.isEncrypted() && (isLoopback() || !other.isLoopback()));
    }

    /** Whether this is a loopback address, which DNS cannot resolve to another machine. */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    @Override
    public String toString() {
        boolean usual = port == (isEncrypted() ? 443 : 80);
        return scheme + "://" + host + (usual ? "" : ":" + port);
    }
}
