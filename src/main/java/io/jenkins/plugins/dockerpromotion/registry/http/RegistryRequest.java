package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.util.Map;

/**
 * What a registry operation asks, before it is known where the registry is.
 *
 * @param phrase what it does, behind "cannot" in an error
 * @param method the HTTP method
 * @param target a path with query such as {@code /v2/group/app/tags/list}, or an address the registry itself gave
 * @param headers besides those of body and authorization
 * @param body what it carries
 * @param scope what it needs to be allowed
 */
public record RegistryRequest(
        String phrase, String method, URI target, Map<String, String> headers, RequestBody body, Scope scope) {

    /** A request without body. */
    public static RegistryRequest of(
            String phrase, String method, String target, Map<String, String> headers, Scope scope) {
        return new RegistryRequest(phrase, method, URI.create(target), headers, RequestBody.NONE, scope);
    }
}
