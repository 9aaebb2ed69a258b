package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Writes down what a token service granted, in whatever form its registry reads. */
@FunctionalInterface
interface TokenMint {

    /** Means nothing by itself; only the service that issued it can look it up. */
    TokenMint OPAQUE = grant -> UUID.randomUUID().toString().replace("-", "");

    String token(Grant grant);

    /** What was granted: to whom, for which service, until when. */
    record Grant(Optional<String> user, String service, List<Scope> scopes, Instant issued, Instant expiry) {

        boolean covers(Scope needed) {
            return scopes.stream().anyMatch(scope -> scope.covers(needed));
        }
    }
}
