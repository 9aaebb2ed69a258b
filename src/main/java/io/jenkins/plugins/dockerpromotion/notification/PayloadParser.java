package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;

/** Reads the notifications of one kind of registry. */
interface PayloadParser {

    /** Who sends such ones, for people. */
    String source();

    /** Whether this has the shape of such a notification, whatever it tells of. */
    boolean understands(JsonValue body);

    /**
     * The pushes it tells of; none if it tells of something else.
     *
     * @throws PayloadException if it tells of pushes none of which can be read
     */
    List<PushEvent> events(JsonValue body) throws PayloadException;
}
