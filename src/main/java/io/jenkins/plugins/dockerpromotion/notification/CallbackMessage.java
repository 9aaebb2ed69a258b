package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The report of a build result to Docker Hub (Docker's documentation of webhooks, "callback JSON data"); texts are
 * truncated to the lengths it accepts.
 *
 * @param description the result in words
 * @param context the reporter, such as the name of a job
 * @param targetUrl a link to more details; may be empty
 */
public record CallbackMessage(State state, String description, String context, String targetUrl) {

    private static final int MAX_DESCRIPTION = 255;
    private static final int MAX_CONTEXT = 100;

    /** The states of Docker Hub. */
    public enum State {
        SUCCESS,
        FAILURE,
        ERROR;

        /** @throws IllegalArgumentException in one line, if {@code text} is not one of the three */
        public static State parse(String text) {
            for (State state : values()) {
                if (state.toString().equals(text)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("'state' must be 'success', 'failure' or 'error'");
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

    /** Cuts between characters, because half a surrogate pair is not valid text. */
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
        return Json.write(fields);
    }
}
