package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag that names what is attached to an image instead of an image: the referrers fallback tag {@code sha256-<hex>} (OCI
 * distribution specification, "Referrers Tag Schema") and cosign's older {@code sha256-<hex>.sig}, {@code .att} and
 * {@code .sbom}.
 *
 * @param subject the image it is attached to
 * @param suffix empty for the fallback tag, else what follows the digest, such as {@code .sig}
 */
public record AttachmentTag(Digest subject, String suffix) {

    /** A fallback tag has at most 64 characters of a digest, so one of sha512 does not tell its subject. */
    private static final Pattern FORM = Pattern.compile("(?:(sha256-[0-9a-f]{64})|sha512-[0-9a-f]{64})(\\..*)?");

    /** Reads a tag; nothing if it is an ordinary one, or does not tell its subject. */
    public static Optional<AttachmentTag> of(Tag tag) {
        Matcher matcher = FORM.matcher(tag.value());
        return matcher.matches() && matcher.group(1) != null
                ? Optional.of(new AttachmentTag(
                        Digest.parse(matcher.group(1).replace('-', ':')),
                        Optional.ofNullable(matcher.group(2)).orElse("")))
                : Optional.empty();
    }

    /** Whether {@code tag} names attachments, and no image of its own. */
    public static boolean is(Tag tag) {
        return FORM.matcher(tag.value()).matches();
    }

    /** The tag itself. */
    public Tag tag() {
        return new Tag(subject.toString().replace(':', '-') + suffix);
    }
}
