package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * The connection to one registry with one credential, for one operation. Detects the scheme of the registry, and sends
 * requests to it. Thread-safe.
 */
public final class RegistryTransport {

    private final RegistryLocation location;
    private final Origin origin;
    private final HttpTransport http;
    private final RegistryLogin login;
    private final RegistryContext context;

    private RegistryTransport(
            RegistryLocation location, HttpTransport http, RegistryLogin login, RegistryContext context) {
        this.location = location;
        this.origin = Origin.of(location.registry());
        this.http = http;
        this.login = login;
        this.context = context;
    }

    /**
     * Opens a connection to {@code host}. Sends a request only to detect the scheme.
     *
     * @param host as in image names
     * @param authentication sent only to this registry and its token service
     * @param expected the scopes that the operation will need, so that one token is enough
     * @throws RegistryException if a registry on this machine cannot be reached, or credentials would be sent
     *     unencrypted
     */
    public static RegistryTransport open(
            String host, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation location = locate(host, context);
        HttpTransport http = context.transport(location);
        return new RegistryTransport(
                location, http, new RegistryLogin(http, location, authentication, expected, context.time()), context);
    }

    /** The location of {@code host}. */
    static RegistryLocation locate(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        Optional<RegistryLocation> known = context.network().known(host);
        return known.isPresent() ? known.get() : findScheme(host, context);
    }

    /** Detects whether a registry on this machine uses plain http or TLS, with an anonymous request. */
    private static RegistryLocation findScheme(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation plain = RegistryLocation.plain(host);
        RegistryRequest ping = RegistryRequest.getJson(
                        "reach a registry", plain.registry().resolve("/v2/"))
                .accepting(status -> status < 500);
        int answered = context.transport(plain).call(ping, Authorizer.NONE, Answer::status);
        // The answer of servers to a plain request on a TLS port.
        return answered == 400 ? RegistryLocation.usual(host) : plain;
    }

    /** Sends {@code request} and returns the result of {@code reader}. */
    public <T> T call(RegistryRequest request, Answer.Reader<T> reader) throws RegistryException, InterruptedException {
        URI uri = location.registry().resolve(request.uri());
        // An address from the registry may be on another host, such as a storage service, which must not receive the
        // credentials.
        Authorizer own = request.scope().isPresent() && Origin.of(uri).equals(origin)
                ? login.needing(request.scope().get())
                : Authorizer.NONE;
        return http.call(request.at(uri), own, reader);
    }

    /** How many tags to request at once; 0 for the registry's default. */
    public int pageSize() {
        return location.pageSize();
    }

    /** Whether this is Docker Hub itself, whose behaviour is known. */
    public boolean isPublicDockerHub() {
        return location.isPublicDockerHub();
    }

    /** Scheme, host and port of the registry. */
    public Origin origin() {
        return origin;
    }

    /** What calls use besides the registry and credentials. */
    public RegistryContext context() {
        return context;
    }
}
