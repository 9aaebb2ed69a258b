package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Optional;

/** Parses untrusted fields. Errors name the field, but do not repeat its value. */
final class Fields {

    private static final int MAX_ADDRESS_LENGTH = 2048;

    private Fields() {}

    static ImageName image(String text) {
        try {
            return ImageName.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the name of the image is not valid");
        }
    }

    /** A malformed digest is ignored; the push still counts. */
    static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Seconds since 1970; zero or less means unknown. */
    static Optional<Instant> seconds(long seconds) {
        return seconds > 0 && seconds <= Instant.parse("9999-12-31T23:59:59Z").getEpochSecond()
                ? Optional.of(Instant.ofEpochSecond(seconds))
                : Optional.empty();
    }

    /** An ISO 8601 time with offset. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the field shows that no tag was pushed: it is empty, the digest of an untagged manifest, or names the
     * attachments of a digest that is too long for a tag.
     */
    static boolean isNoTag(String text) {
        return text.isEmpty()
                || text.matches("(?:sha256|sha384|sha512|blake3):.*")
                || (!Tag.isValid(text) && AttachmentTag.is(text));
    }

    /** The host and port of a URL. */
    static Optional<String> host(String address) {
        return address(address)
                .filter(uri -> uri.getHost() != null)
                .map(uri -> uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    }

    /**
     * The host of a URL. If it has none that an image name can contain, for example because of an underscore, the image
     * may be on any of the administrator's registries.
     */
    static Collection<String> hosts(String field, String url, Collection<String> configured) {
        Collection<String> hosts = host(url).isPresent() ? host(url).stream().toList() : configured;
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("'" + field
                    + "' does not contain a host for image names, and no registry is configured in Jenkins");
        }
        return hosts;
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
}
