package io.jenkins.plugins.dockerpromotion.registry;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a repository's page on Docker Hub is to say: the whole page, or the section of it that a program looks after. A
 * section is what stands between two markers, which readers of the page do not see; all around it stays as it is.
 *
 * @param description the short description, empty to leave it as it is
 * @param text for the full description, in Markdown; empty to leave it as it is
 * @param section the name of the section that {@code text} is for, empty if it is the whole page
 */
public record PageChange(String description, String text, String section) implements Serializable {

    // Docker Hub counts bytes of UTF-8, whatever its messages call them.
    private static final int MAX_DESCRIPTION = 100;
    private static final int MAX_PAGE = 25_000;

    private static final int MAX_SECTION = 40;
    private static final String SECTION = "[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*+";
    private static final Pattern ANY_MARKER = marker(SECTION);

    /**
     * What people read about a repository on Docker Hub.
     *
     * @param description the short one, empty for none
     * @param fullDescription the Markdown below it, empty for none
     */
    record Page(String description, String fullDescription) {

        /** The fields of Docker Hub's API in which {@code after} differs from this. */
        Map<String, String> differences(Page after) {
            Map<String, String> differences = new LinkedHashMap<>();
            if (!after.description.equals(description)) {
                differences.put("description", after.description);
            }
            if (!after.fullDescription.equals(fullDescription)) {
                differences.put("full_description", after.fullDescription);
            }
            return differences;
        }
    }

    /** @throws IllegalArgumentException in one line, if this can be on no page */
    public PageChange {
        // The line ends of web forms, which would make equal texts differ.
        text = text.replace("\r\n", "\n").replaceFirst("^(?:[ \t]*+\n)++", "").stripTrailing();
        description = description.strip();
        if (description.isEmpty() && text.isEmpty()) {
            throw new IllegalArgumentException("set 'description', 'fullDescription' or both");
        }
        checkSize("the description has ", description, MAX_DESCRIPTION);
        checkSize("the full description has ", text, MAX_PAGE);
        if (!section.isEmpty()) {
            checkSection(section);
            // It would be taken for the border of a section when the page is read again.
            ANY_MARKER.matcher(text).results().findFirst().ifPresent(found -> {
                throw new IllegalArgumentException("the text itself holds the marker of a section, '"
                        + found.group().replaceAll("\\s+", " ") + "'");
            });
        }
    }

    private static void checkSection(String name) {
        if (name.length() > MAX_SECTION || !name.matches(SECTION)) {
            throw new IllegalArgumentException(
                    "the name of a section is letters and digits, with single dots, hyphens or"
                            + " underscores between them, at most " + MAX_SECTION);
        }
    }

    /**
     * The page with this change.
     *
     * @throws IllegalArgumentException in one line, if it would be too long, or the section's markers are damaged
     */
    Page appliedTo(Page page) {
        String full = page.fullDescription();
        if (!text.isEmpty()) {
            full = section.isEmpty() ? text : withSection(full);
            checkSize("with the section '" + section + "' the page would have ", full, MAX_PAGE);
        }
        return new Page(description.isEmpty() ? page.description() : description, full);
    }

    /** At the end of the page, if it has no such section yet. */
    private String withSection(String page) {
        String begin = "<!-- " + section + " begin -->";
        String end = "<!-- " + section + " end -->";
        List<MatchResult> markers =
                marker(Pattern.quote(section)).matcher(page).results().toList();
        if (markers.isEmpty()) {
            String gap = page.isEmpty() ? "" : page.endsWith("\n") ? "\n" : "\n\n";
            return page + gap + begin + "\n" + text + "\n" + end;
        }
        List<String> order = markers.stream().map(m -> m.group(1)).toList();
        if (!order.equals(List.of("begin", "end"))) {
            throw new IllegalArgumentException(
                    "the markers of the section '" + section + "' are damaged: expected one '" + begin
                            + "' followed by one '" + end + "', but found " + String.join(", ", order)
                            + "; correct them on the page");
        }
        return page.substring(0, markers.get(0).end()) + "\n" + text + "\n"
                + page.substring(markers.get(1).start());
    }

    private static Pattern marker(String name) {
        return Pattern.compile("<!--\\s*" + name + "\\s+(begin|end)\\s*-->");
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
