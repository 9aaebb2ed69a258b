package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** Fuzzes {@code WWW-Authenticate} headers, one per line, and their realms. */
public final class ChallengeFuzz {

    private static final Origin REGISTRY = new Origin("https", "registry.example.com", 443);

    private ChallengeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> read(FuzzInput.text(input)));
    }

    private static void read(String headers) {
        for (Challenge challenge : Challenge.parse(Arrays.asList(headers.split("\n", -1)))) {
            FuzzInput.require(!challenge.scheme().isEmpty(), "a challenge without a scheme");
            challenge.parameter("realm").ifPresent(ChallengeFuzz::readRealm);
        }
    }

    private static void readRealm(String text) {
        try {
            URI realm = URI.create(text);
            Origin origin = Origin.of(realm);
            FuzzInput.require(
                    !origin.mayReceiveCredentials(REGISTRY, List.of())
                            || (origin.isEncrypted() && origin.host().matches(".*example\\.com\\.?")),
                    "credentials for " + origin);
        } catch (IllegalArgumentException e) {
            // The caller rejects a realm that is not a URL.
        }
    }
}
