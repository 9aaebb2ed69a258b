package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The report of a build result to Docker Hub (Docker's documentation of webhooks, "callback JSON data"); texts are cut to the
 * length it takes.
 *
 * @param description what came out, for people
 * @param context who says it, such as the name of a job
 * @param targetUrl where to read more, empty for nowhere
 */
public record CallbackMessage(State state, String description, String context, String targetUrl) {

    private static final int MAX_DESCRIPTION = 255;
    private static final int MAX_CONTEXT = 100;

    /** What came out, in Docker Hub's words. */
    public enum State {
        SUCCESS,
        FAILURE,
        ERROR;

        /** @throws IllegalArgumentException in one line, if {@code text} is none of the three */
        public static State parse(String text) {
            for (State state : values()) {
                if (state.toString().equals(text)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("a state is 'success', 'failure' or 'error'");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public CallbackMessage {
        description = cut(description, MAX_DESCRIPTION);
        context = cut(context, MAX_CONTEXT);
    }

    /** By whole characters: half of one would be no text any more. */
    private static String cut(String text, int limit) {
        if (text.codePointCount(0, text.length()) <= limit) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
    }

    byte[] json() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("state", state.toString());
        fields.put("description", description);
        fields.put("context", context);
        if (!targetUrl.isEmpty()) {
            fields.put("target_url", targetUrl);
        }
        return Json.object(fields);
    }
}
