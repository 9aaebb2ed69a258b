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
 * One request: what it does, where it goes, what it needs to be allowed, and which answers are good ones. Immutable; the
 * methods that change something return a copy.
 *
 * @param phrase what it does, behind "cannot" in an error: {@code list the tags of technolog/serviceone}
 * @param method the HTTP method
 * @param uri an address, or a path with query such as {@code /v2/group/app/tags/list} on the registry
 * @param headers besides those of body and authorization
 * @param body what it carries
 * @param scope what a token has to allow, for a registry
 * @param accepted the statuses that are no failure
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

    /** A request without body that takes every status from 200 to 299. */
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

    /** The same for a path on the registry, or an address the registry gave. */
    public static RegistryRequest of(String phrase, String method, String target, Scope scope) {
        return of(phrase, method, URI.create(target)).needing(scope);
    }

    /** A GET that takes JSON. */
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

    /** The same for exactly these statuses. */
    public RegistryRequest accepting(Integer... statuses) {
        return accepting(Set.of(statuses)::contains);
    }

    public RegistryRequest accepting(IntPredicate statuses) {
        return new RegistryRequest(phrase, method, uri, headers, body, scope, statuses);
    }

    /** The same at another address. */
    RegistryRequest at(URI other) {
        return new RegistryRequest(phrase, method, other, headers, body, scope, accepted);
    }

    /** Whether it only reads. */
    boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Who is asked, for people. */
    String host() {
        return Origin.of(uri).toString().replaceFirst("^https://", "");
    }

    /** One line for the author of a Jenkinsfile: what was tried, where, and why it failed. */
    public String failureText(String why) {
        return "Cannot " + phrase + " on " + host() + ": " + why;
    }

    /**
     * What a request carries.
     *
     * @param content opens the bytes at their beginning
     * @param length in bytes; announced before the first of them
     * @param mediaType the value of {@code Content-Type}, empty for none
     * @param isRepeatable whether it can be sent a second time
     */
    public record RequestBody(Supplier<InputStream> content, long length, String mediaType, boolean isRepeatable) {

        /** Nothing. */
        public static final RequestBody NONE = of(new byte[0], "");

        /** A body that is at hand. */
        public static RequestBody of(byte[] bytes, String mediaType) {
            return new RequestBody(() -> new ByteArrayInputStream(bytes), bytes.length, mediaType, true);
        }
    }
}
