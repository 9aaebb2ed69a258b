package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Where answers to webhooks arrive on Docker Hub. */
final class HubCallbacks {

    private static final Pattern PATH = Pattern.compile("/u/[^/]+/[^/]+/hook/[^/]+/");
    private static final Set<String> STATES = Set.of("success", "failure", "error");

    private final List<JsonNode> taken = new CopyOnWriteArrayList<>();

    boolean isCallback(Incoming request) {
        return PATH.matcher(request.path()).matches();
    }

    Answer take(Incoming request) throws IOException {
        JsonNode body = request.json();
        boolean fits = request.is("POST")
                && STATES.contains(body.path("state").asText())
                && length(body, "description") <= 255
                && length(body, "context") <= 100;
        if (!fits) {
            return Answer.json(400, Map.of("detail", "this is no answer to a webhook"));
        }
        taken.add(body);
        return Answer.json(200, Map.of());
    }

    List<JsonNode> taken() {
        return List.copyOf(taken);
    }

    private static int length(JsonNode body, String field) {
        String text = body.path(field).asText();
        return text.codePointCount(0, text.length());
    }
}
