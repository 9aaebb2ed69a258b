package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Duration;
import java.util.Set;

/**
 * How an {@link InMemoryDockerHub} behaves.
 *
 * @param privateRepositories shown only to users who may pull them
 * @param rateLimit requests in a window before 429; negative where there is no limit
 * @param plainTextErrors whether the body of a 429 is text instead of JSON
 * @param largestPage how many tags a page has at most
 * @param unconfirmedFields whether there are the fields and parameters that Docker's documentation does not name
 */
record HubSettings(
        Set<String> privateRepositories,
        Duration tokenLifetime,
        int rateLimit,
        Duration rateWindow,
        boolean plainTextErrors,
        boolean unconfirmedFields,
        int largestPage) {

    boolean isPrivate(String repository) {
        return privateRepositories.contains(repository);
    }
}
