package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/** Creates responses without a server. */
public final class Answers {

    private Answers() {}

    /** Returns a response with status 200 and this body. */
    public static Answer ok(byte[] body) {
        return answer("http://registry.example.com/", "http://registry.example.com/", 200, Map.of(), body);
    }

    /** @param from the URL that answered, after redirects from {@code asked} */
    static Answer answer(String asked, String from, int status, Map<String, List<String>> headers, byte[] body) {
        BasicClassicHttpResponse response = new BasicClassicHttpResponse(status);
        headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setEntity(new InputStreamEntity(new ByteArrayInputStream(body), null));
        try {
            return new Answer(
                    RegistryRequest.getJson("try", URI.create(asked)),
                    Authorizer.NONE,
                    URI.create(from),
                    response,
                    () -> {},
                    Duration.ofSeconds(20));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
