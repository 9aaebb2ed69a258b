package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A registry says that a tag was pushed. Everything in it is a stranger's claim.
 *
 * @param digest what the tag points to, where the registry tells
 * @param pusher who pushed, for people; empty if unknown; one short line without control characters
 * @param time when it was pushed, by the registry's clock
 * @param callback where Docker Hub expects the report of the result
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

    /** A name goes into logs, pages and the environment: nothing invisible may stand in it. */
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

    /**
     * What is equal whenever a registry tells of the same push again. Nothing if it says neither when nor what was
     * pushed, so that a second push cannot be told from a second notification of the first.
     */
    public Optional<String> identity() {
        return digest.isEmpty() && time.isEmpty()
                ? Optional.empty()
                : Optional.of(this + " " + digest.map(Digest::toString).orElse("") + " "
                        + time.map(Instant::toString).orElse(""));
    }

    /** The image with its tag, and nothing a stranger could have put into it. */
    @Override
    public String toString() {
        return image + ":" + tag;
    }
}
