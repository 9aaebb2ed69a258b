package io.jenkins.plugins.dockerpromotion.registry;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * What a repository's page on Docker Hub is to say.
 *
 * @param description the short description, empty to leave it as it is
 * @param text for the full description, in Markdown; empty to leave it as it is
 * @param section the name of the section that {@code text} is for, empty if it is the whole page
 */
public record PageChange(String description, String text, String section) implements Serializable {

    // Docker Hub counts bytes of UTF-8, whatever its messages call them.
    private static final int MAX_DESCRIPTION = 100;
    private static final int MAX_PAGE = 25_000;

    /** @throws IllegalArgumentException in one line, if this can be on no page */
    public PageChange {
        // The line ends of web forms, which would make equal texts differ.
        text = text.replace("\r\n", "\n").replaceFirst("^(?:[ \t]*+\n)++", "").stripTrailing();
        description = description.strip();
        if (description.isEmpty() && text.isEmpty()) {
            throw new IllegalArgumentException("give 'description', 'fullDescription' or both");
        }
        checkSize("the description has ", description, MAX_DESCRIPTION);
        checkSize("the full description has ", text, MAX_PAGE);
        if (!section.isEmpty()) {
            new PageSection(section);
            PageSection.checkContent(text);
        }
    }

    /**
     * The page with this change.
     *
     * @throws IllegalArgumentException in one line, if it would be too long, or cannot be told where the section is
     */
    HubPage appliedTo(HubPage page) {
        String full = page.fullDescription();
        if (!text.isEmpty()) {
            full = section.isEmpty() ? text : new PageSection(section).replacedIn(full, text);
            checkSize("with the section '" + section + "' the page would have ", full, MAX_PAGE);
        }
        return new HubPage(description.isEmpty() ? page.description() : description, full);
    }

    private static void checkSize(String what, String text, int limit) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limit) {
            int characters = text.codePointCount(0, text.length());
            throw new IllegalArgumentException(what + bytes + " bytes (" + characters
                    + " characters), and Docker Hub takes " + limit + " bytes at most");
        }
    }
}
