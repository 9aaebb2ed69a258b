package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;

/**
 * Which tags somebody waits for: one ({@code latest}), those of a pattern with fields ({@code {year}.{week}.{build}}),
 * or those with anything in place of each {@code *} ({@code 2017.*}). Nothing means all of them. Tags of attachments match
 * only a filter that names them ({@code sha256-*}, {@code *.sig}): a build that signs what was pushed would else start
 * itself again and again.
 */
public final class TagFilter {

    private final String text;
    private final TagPattern pattern;

    private TagFilter(String text, TagPattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException in one line, if {@code text} is none of the three */
    public static TagFilter of(String text) {
        String form = text.isEmpty() ? "*" : text;
        if (form.indexOf('{') >= 0) {
            if (form.indexOf('*') >= 0) {
                throw new IllegalArgumentException("a tag filter has either fields in braces or '*', not both");
            }
            return new TagFilter(form, TagPattern.of(form));
        }
        String plain = form.replace('*', 'x');
        new Tag(plain);
        return new TagFilter(form, null);
    }

    public boolean matches(Tag tag) {
        return AttachmentTag.of(tag).map(this::names).orElse(true) && matches(tag.value());
    }

    private boolean names(AttachmentTag attachment) {
        return text.matches("sha(?:256|512)-.*")
                || (!attachment.suffix().isEmpty() && text.endsWith(attachment.suffix()));
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
