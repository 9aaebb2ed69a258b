package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.net.URI;
import java.util.Arrays;

/** Fuzzes {@code Link} headers, one per line. The next page must have the host and path of the last one. */
public final class LinkFuzz {

    private static final URI PAGE = URI.create("https://registry.example.com/v2/group/app/tags/list");

    private LinkFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> read(FuzzInput.text(input)));
    }

    private static void read(String headers) {
        NextLink.query(Arrays.asList(headers.split("\n", -1))).ifPresent(query -> {
            URI next = URI.create(PAGE + "?" + query);
            FuzzInput.require(
                    next.getHost().equals(PAGE.getHost()) && next.getRawPath().equals(PAGE.getRawPath()),
                    "a next page elsewhere: " + next);
        });
    }
}
