package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;

/** Where an answer may send a request on to. */
final class Redirects {

    private Redirects() {}

    /**
     * Resolves a {@code Location} or {@code Link} target.
     *
     * @throws RegistryException if it is no http address, or less protected than {@code from}
     */
    static URI target(Answer answer, URI from, String location) throws RegistryException {
        URI target;
        Origin origin;
        try {
            // Java resolves a query alone by an older specification, which drops the path's end.
            target = location.startsWith("?") ? URI.create(withoutQuery(from) + location) : from.resolve(location);
            origin = Origin.of(target);
        } catch (IllegalArgumentException e) {
            throw answer.failure("it points to something that is no http or https address");
        }
        if (!isAsSafe(Origin.of(from), origin)) {
            throw answer.failure("it points to " + origin + ", which is not encrypted; nothing was sent there");
        }
        return target;
    }

    private static String withoutQuery(URI uri) {
        return uri.toString().replaceFirst("[?#].*", "");
    }

    private static boolean isAsSafe(Origin from, Origin to) {
        boolean leavesMachine = from.isLoopback() && !to.isLoopback();
        return to.isEncrypted() || (!from.isEncrypted() && !leavesMachine);
    }
}
