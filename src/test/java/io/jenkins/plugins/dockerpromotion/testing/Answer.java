package io.jenkins.plugins.dockerpromotion.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a server sends back: status, headers and body, and how much of it reaches the client. */
record Answer(int status, Map<String, List<String>> headers, Content body, Delivery delivery) {

    /** How an answer goes out; everything but {@code WHOLE} is a fault. */
    enum Delivery {
        WHOLE,
        CLOSE_BEFORE,
        CLOSE_MID_BODY,
        HANG_BEFORE,
        HANG_MID_BODY,
        DRIP,
        ENDLESS
    }

    static Answer of(int status) {
        return new Answer(status, Map.of(), Content.EMPTY, Delivery.WHOLE);
    }

    static Answer json(int status, Object value) {
        return of(status).with("Content-Type", "application/json").body(Content.of(Json.bytes(value)));
    }

    /** An error in the shape of the OCI distribution specification. */
    static Answer error(int status, String code, String message) {
        return error(status, code, message, Map.of());
    }

    static Answer error(int status, String code, String message, Object detail) {
        Map<String, Object> error = new TreeMap<>(Map.of("code", code, "message", message, "detail", detail));
        return json(status, Map.of("errors", List.of(error)));
    }

    /** The same with this header, in place of one of that name. */
    Answer with(String name, String value) {
        Map<String, List<String>> changed = copyOfHeaders();
        changed.put(name, List.of(value));
        return new Answer(status, changed, body, delivery);
    }

    /** The same with this header besides others of that name. */
    Answer plus(String name, String value) {
        Map<String, List<String>> changed = copyOfHeaders();
        List<String> values = new ArrayList<>(changed.getOrDefault(name, List.of()));
        values.add(value);
        changed.put(name, values);
        return new Answer(status, changed, body, delivery);
    }

    Answer without(String name) {
        Map<String, List<String>> changed = copyOfHeaders();
        changed.remove(name);
        return new Answer(status, changed, body, delivery);
    }

    Answer body(Content changed) {
        return new Answer(status, headers, changed, delivery);
    }

    Answer delivery(Delivery changed) {
        return new Answer(status, headers, body, changed);
    }

    private Map<String, List<String>> copyOfHeaders() {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copy.putAll(headers);
        return copy;
    }
}
