package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/** Answers that no server sent. */
public final class Answers {

    private Answers() {}

    /** Everything is well, and this is the body. */
    public static Answer ok(byte[] body) {
        return answer(URI.create("http://registry.example.com/"), Map.of(), BodyStream.of(body));
    }

    /** An answer to a GET of {@code uri}, of status 200, with this header and no body. */
    public static Answer withHeader(URI uri, String name, List<String> values) {
        return answer(uri, Map.of(name, values), BodyStream.empty());
    }

    private static Answer answer(URI uri, Map<String, List<String>> headers, BodyStream body) {
        HttpCall call = HttpCall.getJson("test", uri, Authorizer.NONE);
        return new Answer(call, uri, 200, HttpHeaders.of(headers, (n, v) -> true), body);
    }
}
