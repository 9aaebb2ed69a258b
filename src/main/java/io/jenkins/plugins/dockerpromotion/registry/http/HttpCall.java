package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.util.Map;

/**
 * One request to send, with everything that is needed to send it again and to speak of it.
 *
 * @param phrase what it does, behind "cannot" in an error: {@code list the tags of technolog/serviceone}
 * @param method the HTTP method
 * @param uri where to
 * @param headers besides those of body and authorization
 * @param body what it carries
 * @param authorizer who gives it its {@code Authorization}
 */
public record HttpCall(
        String phrase, String method, URI uri, Map<String, String> headers, RequestBody body, Authorizer authorizer) {

    private static final int MAX_QUOTE = 200;

    public HttpCall {
        headers = Map.copyOf(headers);
    }

    /** A GET that takes JSON. */
    public static HttpCall getJson(String phrase, URI uri, Authorizer authorizer) {
        return new HttpCall(phrase, "GET", uri, Map.of("Accept", "application/json"), RequestBody.NONE, authorizer);
    }

    /** Whether a redirect may be followed: only where nothing is sent along. */
    boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** The same at another address. */
    HttpCall at(URI other) {
        return new HttpCall(phrase, method, other, headers, body, authorizer);
    }

    /** Who is asked, for people. */
    String host() {
        return Origin.of(uri).toString().replaceFirst("^https://", "");
    }

    /** A stranger's text for one line of a log: shortened, and with none of the call's secrets, which it may repeat. */
    String fitForLog(String text) {
        String safe = text;
        for (String secret : authorizer.secrets()) {
            safe = safe.replace(secret, "****");
        }
        return LogText.oneLine(safe, MAX_QUOTE);
    }

    /** One line for the author of a Jenkinsfile: what was tried, where, and why it failed. */
    public String failureText(String why) {
        return "Cannot " + phrase + " on " + host() + ": " + why;
    }
}
