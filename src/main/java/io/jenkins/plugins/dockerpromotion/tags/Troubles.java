package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells the failure of one tag from the failure of its registry, while many tags are read. Thread-safe. */
final class Troubles {

    /** Up to this many server errors are accepted; more of them mean that the registry has a problem. */
    private static final int MAX_SERVER_ERRORS = 10;

    private final AtomicInteger serverErrors = new AtomicInteger();

    /**
     * Whether the next tag would fail, too. A registry that is down does not get thousands of requests. A {@linkplain
     * RegistryException#isRefusal refusal} may concern one tag.
     */
    boolean concernAllTags(RegistryException e) {
        return e.status() == 0
                || e.status() == 401
                || e.status() == 429
                || (e.status() >= 500 && serverErrors.incrementAndGet() > MAX_SERVER_ERRORS);
    }

    /** Why one tag cannot be read, although others can. */
    static String reason(RegistryException e) {
        return e instanceof UnauthorizedException refused
                ? refused.refusal() + "; other tags can be read, so the registry may block this one (quarantine or scan"
                        + " policy)"
                : e.getMessage();
    }
}
