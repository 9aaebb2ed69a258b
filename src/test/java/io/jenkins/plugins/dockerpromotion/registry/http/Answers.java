package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Map;

/** Answers that came from no server. */
public final class Answers {

    private Answers() {}

    /** Everything is well, and this is the body. */
    public static Answer ok(byte[] body) {
        HttpCall call = HttpCall.getJson("test", URI.create("http://registry.example.com/"), Authorizer.NONE);
        return new Answer(call, call.uri(), 200, HttpHeaders.of(Map.of(), (n, v) -> true), BodyStream.of(body));
    }
}
