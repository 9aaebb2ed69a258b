package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * An HTTP request, with its phrase for errors, its scope and the accepted statuses. Immutable: methods that change
 * something return a copy.
 *
 * @param phrase what it does, after "Cannot" in an error: {@code list the tags of technolog/serviceone}
 * @param method the HTTP method
 * @param uri an address, or a path with query on the registry, such as {@code /v2/group/app/tags/list}
 * @param headers besides those of the body and authorization
 * @param body the request body
 * @param scope the permission that a token for a registry needs
 * @param accepted the statuses that are not errors
 */
public record RegistryRequest(
        String phrase,
        String method,
        URI uri,
        Map<String, String> headers,
        RequestBody body,
        Optional<Scope> scope,
        IntPredicate accepted) {

    public RegistryRequest {
        headers = Map.copyOf(headers);
    }

    /** A request without a body that accepts the statuses 200 to 299. */
    public static RegistryRequest of(String phrase, String method, URI uri) {
        return new RegistryRequest(
                phrase,
                method,
                uri,
                Map.of(),
                RequestBody.NONE,
                Optional.empty(),
                status -> status >= 200 && status < 300);
    }

    /** The same for a path on the registry, or for an address from the registry. */
    public static RegistryRequest of(String phrase, String method, String target, Scope scope) {
        return of(phrase, method, URI.create(target)).needing(scope);
    }

    /** A GET that accepts JSON. */
    public static RegistryRequest getJson(String phrase, URI uri) {
        return of(phrase, "GET", uri).header("Accept", "application/json");
    }

    public RegistryRequest header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new RegistryRequest(phrase, method, uri, more, body, scope, accepted);
    }

    public RegistryRequest body(RequestBody other) {
        return new RegistryRequest(phrase, method, uri, headers, other, scope, accepted);
    }

    public RegistryRequest needing(Scope other) {
        return new RegistryRequest(phrase, method, uri, headers, body, Optional.of(other), accepted);
    }

    /** The same, accepting only these statuses. */
    public RegistryRequest accepting(Integer... statuses) {
        return accepting(Set.of(statuses)::contains);
    }

    public RegistryRequest accepting(IntPredicate statuses) {
        return new RegistryRequest(phrase, method, uri, headers, body, scope, statuses);
    }

    /**
     * The same, accepting every status except a missing login and temporary errors: the server may not support this
     * method. It may say so with status 500.
     */
    public RegistryRequest acceptingRefusals() {
        return accepting(status -> status == 500 || status != 401 && !RegistryException.TEMPORARY.contains(status));
    }

    /** The same at another address. */
    RegistryRequest at(URI other) {
        return new RegistryRequest(phrase, method, other, headers, body, scope, accepted);
    }

    /** Whether the request only reads. */
    boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** The host, for messages. */
    String host() {
        return Origin.of(uri).toString().replaceFirst("^https://", "");
    }

    /** A one-line error message: what was tried, where, and why it failed. */
    public String failureText(String why) {
        return "Cannot " + phrase + " on " + host() + ": " + why;
    }

    /**
     * The body of a request.
     *
     * @param content opens the content from its start
     * @param length in bytes, sent as {@code Content-Length}
     * @param mediaType the value of {@code Content-Type}, or empty
     * @param isRepeatable whether it can be sent again
     */
    public record RequestBody(Supplier<InputStream> content, long length, String mediaType, boolean isRepeatable) {

        /** No body. */
        public static final RequestBody NONE = of(new byte[0], "");

        /** A body in memory. */
        public static RequestBody of(byte[] bytes, String mediaType) {
            return new RequestBody(() -> new ByteArrayInputStream(bytes), bytes.length, mediaType, true);
        }
    }
}
