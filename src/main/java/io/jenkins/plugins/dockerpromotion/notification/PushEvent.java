package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A registry's report that a tag was pushed. All its content is untrusted.
 *
 * @param digest what the tag points to, if the registry reports it
 * @param pusher who pushed; empty if unknown; one short line without control characters
 * @param time when it was pushed, by the registry's clock
 * @param callback the URL for the report to Docker Hub
 */
public record PushEvent(
        ImageName image,
        Tag tag,
        Optional<Digest> digest,
        String pusher,
        Optional<Instant> time,
        Optional<URI> callback) {

    private static final int MAX_PUSHER_LENGTH = 100;

    public PushEvent {
        pusher = cleaned(pusher);
    }

    /** The name is used in logs, pages and the environment, so it must not contain invisible characters. */
    private static String cleaned(String pusher) {
        String visible = pusher.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "");
        int length = Math.min(MAX_PUSHER_LENGTH, visible.codePointCount(0, visible.length()));
        return visible.substring(0, visible.offsetByCodePoints(0, length)).strip();
    }

    /** The image with its tag, without any other untrusted text. */
    @Override
    public String toString() {
        return image + ":" + tag;
    }
}
