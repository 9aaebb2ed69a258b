package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.RegistryPage;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.util.Optional;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** One target of a {@link Promotion}. */
@ExportedBean(defaultVisibility = 2)
public final class PromotedTag {

    private String tag;
    private String previousDigest;
    private boolean changed;
    private String note;

    /** For what reads it from a file. */
    private PromotedTag() {}

    PromotedTag(String tag, String previousDigest, boolean changed, String note) {
        this.tag = tag;
        this.previousDigest = previousDigest;
        this.changed = changed;
        this.note = note;
    }

    /** The same after a failure. */
    PromotedTag undone(boolean stands, String text) {
        return new PromotedTag(tag, previousDigest, stands, text);
    }

    /** Makes up for what the file it was read from does not have. */
    void complete() {
        tag = Util.fixNull(tag);
        previousDigest = Util.fixNull(previousDigest);
        note = Util.fixNull(note);
    }

    @Exported
    public String getTag() {
        return tag;
    }

    /** What the tag stood for before; empty if it did not exist. */
    @Exported
    public String getPreviousDigest() {
        return previousDigest;
    }

    /** Its beginning, for people. */
    public String getShortPreviousDigest() {
        return Promotion.abbreviated(previousDigest);
    }

    /** Whether the tag was moved, or would be; after a failure, whether it may stand for the promoted image. */
    @Exported
    public boolean isChanged() {
        return changed;
    }

    /** After a failure: where the tag stands. Else empty. */
    @Exported
    public String getNote() {
        return note;
    }

    /**
     * What targets of the same purpose have in common: {@code {tag}-rc} for {@code 2017.2.103-rc}. A name that has no
     * number in it is no version, but stands for itself.
     */
    String lane(String version) {
        return version.chars().anyMatch(Character::isDigit) ? tag.replace(version, "{tag}") : tag;
    }

    /** The page of this tag at its registry. */
    Optional<String> page(String image) {
        try {
            return RegistryPage.of(ImageName.parse(image), new Tag(tag)).map(URI::toString);
        } catch (IllegalArgumentException e) {
            // Only from a file that somebody edited.
            return Optional.empty();
        }
    }
}
