package io.jenkins.plugins.dockerpromotion.registry.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a token says that it allows (distribution's "Token Authentication Implementation", the claim {@code access}). A
 * service may grant less than was asked for without a word. The signature is the registry's to check: this is a hint.
 */
final class TokenGrant {

    /** What {@code *} stands for, where a service spells it out. */
    private static final Set<String> ALL = Set.of("pull", "push", "delete");

    private final Map<String, Set<String>> actions = new TreeMap<>();

    private TokenGrant() {}

    /** Nothing if the token is none that can be read. */
    static Optional<TokenGrant> of(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        return decoded(parts[1])
                .flatMap(Json::parse)
                .filter(claims -> claims.field("access").isArray())
                .map(claims -> {
                    TokenGrant grant = new TokenGrant();
                    claims.field("access").items().stream()
                            .filter(entry -> entry.text("type").equals("repository"))
                            .forEach(entry -> grant.actions
                                    .computeIfAbsent(entry.text("name"), name -> new TreeSet<>())
                                    .addAll(entry.field("actions").itemTexts()));
                    return grant;
                });
    }

    /** The actions of {@code scope} that are not granted. */
    Set<String> missing(Scope scope) {
        Set<String> granted = granted(scope);
        if (granted.contains("*")) {
            return Set.of();
        }
        Set<String> missing = new TreeSet<>(scope.actions());
        if (missing.remove("*")) {
            missing.addAll(ALL);
        }
        missing.removeAll(granted);
        return missing;
    }

    /** What is granted on the repository of {@code scope}. */
    Set<String> granted(Scope scope) {
        return actions.getOrDefault(scope.repository(), Set.of());
    }

    /** {@code pull and push}; {@code nothing} for none. */
    static String text(Collection<String> actions) {
        return actions.isEmpty() ? "nothing" : String.join(" and ", List.copyOf(actions));
    }

    private static Optional<byte[]> decoded(String part) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(part.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
