package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/**
 * Which token services a registry may send its clients to. Whoever answers for a registry decides where a password goes, so
 * the address must be protected on its way and belong to the registry.
 */
final class TokenServices {

    /** Registries whose makers keep the token service in another domain, by the registry's domain. */
    private static final Map<String, String> WELL_KNOWN =
            Map.of("scw.cloud", "api.scaleway.com", "nvcr.io", "authn.nvidia.com");

    private TokenServices() {}

    /** Whether a request may go there at all: encrypted, or as little protected as the registry, and to no address within. */
    static boolean mayBeAsked(Origin registry, Origin service, List<String> listed) {
        boolean safe = service.isEncrypted() || (!registry.isEncrypted() && isSameHost(registry, service));
        return safe && (isSameHost(registry, service) || isListed(service, listed) || !isWithin(service));
    }

    /** Whether credentials for the registry may be shown there. */
    static boolean mayReceiveCredentials(Origin registry, Origin service, List<String> listed) {
        return mayBeAsked(registry, service, listed)
                && (isSameHost(registry, service)
                        || isListed(service, listed)
                        || isSameDomain(registry.host(), service.host())
                        || isWellKnown(registry.host(), service.host()));
    }

    private static boolean isSameHost(Origin a, Origin b) {
        return a.host().equals(b.host()) || (a.isLoopback() && b.isLoopback());
    }

    private static boolean isListed(Origin service, List<String> listed) {
        String port = ":" + service.port();
        return listed.stream()
                .anyMatch(entry ->
                        entry.equalsIgnoreCase(service.host()) || entry.equalsIgnoreCase(service.host() + port));
    }

    private static boolean isWellKnown(String registry, String service) {
        return WELL_KNOWN.entrySet().stream()
                .anyMatch(pair -> service.equals(pair.getValue())
                        && (registry.equals(pair.getKey()) || registry.endsWith("." + pair.getKey())));
    }

    /** Two names below one domain that somebody registered: {@code registry.example.com} and {@code auth.example.com}. */
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

    /** Whether it is an address of this machine or of a private network, which no registry outside has to do with. */
    private static boolean isWithin(Origin service) {
        String host = service.host();
        return service.isLoopback()
                || host.endsWith(".localhost")
                || host.matches("(0|10|127)\\..*|(169\\.254|192\\.168)\\..*|172\\.(1[6-9]|2[0-9]|3[01])\\..*")
                        && isAddress(host)
                || host.matches("100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.[0-9.]+")
                || host.matches("[0-9]+|0x[0-9a-f]+")
                || host.matches("\\[(::|::1|::ffff:.*|64:ff9b:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)]");
    }
}
