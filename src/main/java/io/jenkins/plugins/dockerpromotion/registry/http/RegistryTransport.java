package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The way to one registry with one credential, for the length of an operation: finds out where and how the registry is
 * reached, and sends operations to it. Safe for use by several threads.
 */
public final class RegistryTransport {

    /** What {@code registry-1.docker.io} has always answered; knowing it saves a request. */
    static final Challenge DOCKER_HUB_CHALLENGE =
            new Challenge("bearer", Map.of("realm", "https://auth.docker.io/token", "service", "registry.docker.io"));

    private final RegistryLocation location;
    private final Origin origin;
    private final HttpTransport http;
    private final RegistryAuthorizer authorizer;
    private final RegistryContext context;

    private RegistryTransport(
            RegistryLocation location, HttpTransport http, RegistryAuthorizer authorizer, RegistryContext context) {
        this.location = location;
        this.origin = Origin.of(location.registry());
        this.http = http;
        this.authorizer = authorizer;
        this.context = context;
    }

    /**
     * Opens the way to {@code host}; asks it something only if its scheme has to be found out.
     *
     * @param host as in image names
     * @param authentication shown to this registry and its token service alone
     * @param expected what the operation will need; one token is asked for all of it
     * @throws RegistryException if a registry on this machine cannot be reached, or a credential would go unencrypted
     */
    public static RegistryTransport open(
            String host, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation location = locate(host, context);
        HttpTransport http = context.transport(location);
        TokenService tokens = new TokenService(http, location, authentication, context.time());
        Challenge challenge = location.isPublicDockerHub() ? DOCKER_HUB_CHALLENGE : null;
        return new RegistryTransport(
                location, http, new RegistryAuthorizer(authentication, tokens, expected, challenge), context);
    }

    /** Where {@code host} is reached. */
    static RegistryLocation locate(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        Optional<RegistryLocation> known = context.network().known(host);
        return known.isPresent() ? known.get() : findScheme(host, context);
    }

    /** A registry on this machine may speak plain http or TLS: an anonymous request without content tells. */
    private static RegistryLocation findScheme(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation plain = RegistryLocation.plain(host);
        RegistryRequest ping = RegistryRequest.getJson(
                        "reach a registry", plain.registry().resolve("/v2/"))
                .accepting(status -> status < 500);
        int answered = context.transport(plain).call(ping, Authorizer.NONE, Answer::status);
        // What servers answer to a plain request on a TLS port.
        return answered == 400 ? RegistryLocation.usual(host) : plain;
    }

    /** Sends {@code request} and returns what {@code reader} makes of the answer. */
    public <T> T call(RegistryRequest request, Answer.Reader<T> reader) throws RegistryException, InterruptedException {
        URI uri = location.registry().resolve(request.uri());
        // An address the registry gave may lie elsewhere, such as a storage service: the credential does not go there.
        Authorizer own = request.scope().isPresent() && Origin.of(uri).equals(origin)
                ? authorizer.needing(request.scope().get())
                : Authorizer.NONE;
        return http.call(request.at(uri), own, reader);
    }

    /** How many tags to ask the registry for at once; 0 for as many as it sends. */
    public int pageSize() {
        return location.pageSize();
    }

    /** Scheme, host and port of the registry. */
    public Origin origin() {
        return origin;
    }

    /** What its calls use besides registry and credential. */
    public RegistryContext context() {
        return context;
    }
}
