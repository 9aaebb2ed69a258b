package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
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
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(tag, "tag");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(callback, "callback");
        pusher = cleaned(pusher);
    }

    /** The name is used in logs, pages and the environment, so it must not contain invisible characters. */
    private static String cleaned(String pusher) {
        StringBuilder clean = new StringBuilder();
        pusher.codePoints()
                .filter(c -> !isInvisible(c))
                .limit(MAX_PUSHER_LENGTH)
                .forEach(clean::appendCodePoint);
        return clean.toString().strip();
    }

    private static boolean isInvisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> false;
        };
    }

    /** The image with its tag, without any other untrusted text. */
    @Override
    public String toString() {
        return image + ":" + tag;
    }
}
