package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag that names attachments of an image instead of an image: the referrers fallback tag {@code sha256-<hex>} (OCI
 * distribution specification, "Referrers Tag Schema") and cosign's older {@code sha256-<hex>.sig}, {@code .att} and
 * {@code .sbom}.
 *
 * @param subject the image it is attached to
 * @param suffix empty for the fallback tag, else what follows the digest, such as {@code .sig}
 */
public record AttachmentTag(Digest subject, String suffix) {

    /**
     * A fallback tag contains at most 64 characters of a digest, so one of a longer digest does not identify its subject.
     * Some tools write the whole digest.
     */
    private static final Pattern FORM =
            Pattern.compile("(?:(sha256-[0-9a-f]{64})|(?:sha384|sha512|blake3)-[0-9a-f]{64,128})(\\..*)?");

    /** Parses a tag; empty if it is an ordinary tag, or does not identify its subject. */
    public static Optional<AttachmentTag> of(Tag tag) {
        Matcher matcher = FORM.matcher(tag.value());
        return matcher.matches() && matcher.group(1) != null
                ? Optional.of(new AttachmentTag(
                        Digest.parse(matcher.group(1).replace('-', ':')),
                        Optional.ofNullable(matcher.group(2)).orElse("")))
                : Optional.empty();
    }

    /** Whether {@code tag} names attachments instead of an image. */
    public static boolean is(Tag tag) {
        return is(tag.value());
    }

    /** The same for a text that may be too long for a tag. */
    public static boolean is(String tag) {
        return FORM.matcher(tag).matches();
    }

    /** The tag itself. */
    public Tag tag() {
        return new Tag(subject.toString().replace(':', '-') + suffix);
    }
}
