package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.util.Arrays;
import java.util.Set;

/**
 * Whether a token service that a registry names may be asked, and shown the credentials. A registry's answer decides
 * where a password goes, so the address must be protected on its way and belong to the registry.
 */
final class TokenRealm {

    /** Labels below which countries register domains; those of two letters, such as {@code co}, are known by their length. */
    private static final Set<String> SECOND_LEVEL =
            Set.of("com", "net", "org", "edu", "gov", "mil", "gob", "nom", "sch", "ltd", "plc", "nhs", "asn", "ind");

    private TokenRealm() {}

    /** Whether a request may go there at all: encrypted, or as little protected as the registry itself. */
    static boolean mayBeAsked(Origin registry, Origin realm) {
        return realm.isEncrypted() || (!registry.isEncrypted() && sameHost(registry, realm));
    }

    /** Whether credentials for the registry may be shown there. */
    static boolean mayReceiveCredentials(Origin registry, Origin realm) {
        return mayBeAsked(registry, realm) && (sameHost(registry, realm) || sameSite(registry.host(), realm.host()));
    }

    private static boolean sameHost(Origin a, Origin b) {
        return a.host().equals(b.host()) || (a.isLoopback() && b.isLoopback());
    }

    /** Two names below one domain that somebody registered: {@code registry.example.com} and {@code auth.example.com}. */
    private static boolean sameSite(String a, String b) {
        return !isAddress(a) && !isAddress(b) && !site(a).isEmpty() && site(a).equals(site(b));
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }

    /**
     * The domain that somebody registered, by the usual form of such names: two labels, three below second-level
     * domains such as {@code co.uk}. Empty if the name is too short to tell.
     */
    private static String site(String host) {
        String[] labels = host.split("\\.");
        int count = labels.length;
        boolean secondLevel = count >= 2
                && labels[count - 1].length() == 2
                && (labels[count - 2].length() == 2 || SECOND_LEVEL.contains(labels[count - 2]));
        int needed = secondLevel ? 3 : 2;
        return count < needed ? "" : String.join(".", Arrays.asList(labels).subList(count - needed, count));
    }

    /** Reads the address in a challenge; whatever stands behind {@code #} is not sent. */
    static URI parse(String realm) {
        URI uri = URI.create(realm.replaceFirst("#.*", ""));
        Origin.of(uri);
        return uri;
    }
}
