package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns a stranger's texts into names and values; errors name the field and repeat nothing of it. */
final class Fields {

    private static final int MAX_ADDRESS_LENGTH = 2048;

    private Fields() {}

    static ImageName image(String field, String text) throws PayloadException {
        try {
            return ImageName.parse(text);
        } catch (IllegalArgumentException e) {
            throw new PayloadException("'" + field + "' is not the name of an image");
        }
    }

    static Tag tag(String field, String text) throws PayloadException {
        if (!Tag.isValid(text)) {
            throw new PayloadException("'" + field + "' is not a tag");
        }
        return new Tag(text);
    }

    /** A digest of another form is of no use, and the push is one all the same. */
    static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Seconds since 1970; zero and less mean that nothing is known. */
    static Optional<Instant> seconds(long seconds) {
        return seconds > 0 && seconds <= Instant.parse("9999-12-31T23:59:59Z").getEpochSecond()
                ? Optional.of(Instant.ofEpochSecond(seconds))
                : Optional.empty();
    }

    /** A point in time as ISO 8601 has it, with its offset. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Whether what stands in place of a tag says that none was pushed: nothing, or the digest of an untagged manifest. */
    static boolean isNoTag(String text) {
        return text.isEmpty() || text.matches("sha(?:256|512):.*");
    }

    /** The host, with its port, of an address. */
    static Optional<String> host(String address) {
        return address(address)
                .filter(uri -> uri.getHost() != null)
                .map(uri -> uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    }

    static Optional<URI> address(String text) {
        if (text.isEmpty() || text.length() > MAX_ADDRESS_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** How one of several parts of a notification is read. */
    interface Reader<T> {
        /** The push it tells of, if it tells of one. */
        Optional<PushEvent> read(T part) throws PayloadException;
    }

    /** All pushes among the parts; one that cannot be read does not hide the others. */
    static <T> List<PushEvent> each(List<T> parts, Reader<T> reader) throws PayloadException {
        List<PushEvent> events = new ArrayList<>();
        PayloadException first = null;
        for (T part : parts) {
            try {
                reader.read(part).ifPresent(events::add);
            } catch (PayloadException e) {
                first = first == null ? e : first;
            }
        }
        if (events.isEmpty() && first != null) {
            throw first;
        }
        return events;
    }
}
