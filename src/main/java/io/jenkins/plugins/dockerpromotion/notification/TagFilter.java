package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;

/**
 * Selects tags: one tag ({@code latest}), a pattern with fields ({@code {year}.{week}.{build}}), or a text in which
 * {@code *} matches anything ({@code 2017.*}). An empty filter selects all tags. Tags of attachments match only a
 * filter that names them ({@code sha256-*}, {@code *.sig}); otherwise, a build that signs the pushed image would
 * trigger itself in a loop.
 */
public final class TagFilter {

    private final String text;
    private final TagPattern pattern;

    private TagFilter(String text, TagPattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException in one line, if {@code text} is not one of the three */
    public static TagFilter of(String text) {
        String form = text.isEmpty() ? "*" : text;
        if (form.indexOf('{') >= 0) {
            if (form.indexOf('*') >= 0) {
                throw new IllegalArgumentException("use either fields in braces or '*' in a tag filter, not both");
            }
            return new TagFilter(form, TagPattern.of(form));
        }
        String plain = form.replace('*', 'x');
        new Tag(plain);
        return new TagFilter(form, null);
    }

    public boolean matches(Tag tag) {
        return (!AttachmentTag.is(tag) || namesAttachment(tag.value())) && matches(tag.value());
    }

    private boolean namesAttachment(String tag) {
        int suffix = tag.indexOf('.');
        return text.matches("(?:sha256|sha384|sha512|blake3)-.*")
                || (suffix >= 0 && text.endsWith(tag.substring(suffix)));
    }

    private boolean matches(String tag) {
        return pattern == null
                ? new TagGlob(text).matches(tag)
                : pattern.match(tag).isPresent();
    }

    @Override
    public String toString() {
        return text;
    }
}
