package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/**
 * Scheme, host and port of an address (RFC 6454). Credentials are never sent to another origin, except to the token
 * service of a registry.
 *
 * @param scheme {@code https} or {@code http}
 * @param host in lower case; an IPv6 address is in brackets
 * @param port the port of the address, or the default port of the scheme
 */
public record Origin(String scheme, String host, int port) implements Serializable {

    private static final int MAX_PORT = 65535;

    /** Registries whose token service is in another domain, by the registry's domain. */
    private static final Map<String, String> WELL_KNOWN =
            Map.of("scw.cloud", "api.scaleway.com", "nvcr.io", "authn.nvidia.com");

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

    /**
     * Whether it may be asked for tokens of {@code registry}: it must be encrypted, or not less protected than the
     * registry, and not on a private network.
     *
     * @param listed hosts of the registry's token services, with an optional port
     */
    boolean mayBeAskedForTokens(Origin registry, List<String> listed) {
        boolean safe = isEncrypted() || (!registry.isEncrypted() && isSameHost(registry));
        return safe && (isSameHost(registry) || isListed(listed) || !isWithin());
    }

    /**
     * Whether it may receive credentials for {@code registry}. A registry decides where a password is sent, so the
     * address must be encrypted and belong to the registry.
     */
    boolean mayReceiveCredentials(Origin registry, List<String> listed) {
        return mayBeAskedForTokens(registry, listed)
                && (isSameHost(registry)
                        || isListed(listed)
                        || isSameDomain(registry.host, host)
                        || isWellKnown(registry.host, host));
    }

    private boolean isSameHost(Origin other) {
        return host.equals(other.host) || (isLoopback() && other.isLoopback());
    }

    private boolean isListed(List<String> listed) {
        return listed.stream()
                .anyMatch(entry -> entry.equalsIgnoreCase(host) || entry.equalsIgnoreCase(host + ":" + port));
    }

    private static boolean isWellKnown(String registry, String service) {
        return WELL_KNOWN.entrySet().stream()
                .anyMatch(pair -> service.equals(pair.getValue())
                        && (registry.equals(pair.getKey()) || registry.endsWith("." + pair.getKey())));
    }

    /** Two names in one registered domain: {@code registry.example.com} and {@code auth.example.com}. */
    private static boolean isSameDomain(String a, String b) {
        if (isAddress(a) || isAddress(b)) {
            return false;
        }
        String domain = PublicSuffixMatcherLoader.getDefault().getDomainRoot(a);
        return domain != null
                && domain.contains(".")
                && domain.equals(PublicSuffixMatcherLoader.getDefault().getDomainRoot(b));
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }

    /** Whether it is an address of this machine or of a private network, which a public registry must not use. */
    private boolean isWithin() {
        return isLoopback()
                || host.endsWith(".localhost")
                || host.matches("(0|10|127)\\..*|(169\\.254|192\\.168)\\..*|172\\.(1[6-9]|2[0-9]|3[01])\\..*")
                        && isAddress(host)
                || host.matches("100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.[0-9.]+")
                || host.matches("[0-9]+|0x[0-9a-f]+")
                || host.matches("\\[(::|::1|::ffff:.*|64:ff9b:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)]");
    }

    @Override
    public String toString() {
        boolean usual = port == (isEncrypted() ? 443 : 80);
        return scheme + "://" + host + (usual ? "" : ":" + port);
    }
}
