package io.jenkins.plugins.dockerpromotion.registry;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A change of a repository's page on Docker Hub: of the whole page, or of one section. A section is the text between
 * two markers that are invisible on the page; the text around it stays unchanged.
 *
 * @param description the short description; empty to leave it unchanged
 * @param text for the full description, in Markdown; empty to leave it unchanged
 * @param section the name of the section for {@code text}; empty for the whole page
 */
public record PageChange(String description, String text, String section) implements Serializable {

    // Docker Hub counts bytes of UTF-8, although its messages say characters.
    private static final int MAX_DESCRIPTION = 100;
    private static final int MAX_PAGE = 25_000;

    private static final int MAX_SECTION = 40;
    private static final String SECTION = "[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*+";
    private static final Pattern ANY_MARKER = marker(SECTION);

    /**
     * The descriptions of a repository on Docker Hub.
     *
     * @param description the short one, or empty
     * @param fullDescription the Markdown below it, or empty
     */
    record Page(String description, String fullDescription) {

        /** The fields of Docker Hub's API that differ in {@code after}. */
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

    /** @throws IllegalArgumentException in one line, if the values are not valid */
    public PageChange {
        // Normalizes the line breaks of web forms; otherwise, equal texts would differ.
        text = text.replace("\r\n", "\n").replaceFirst("^(?:[ \t]*+\n)++", "").stripTrailing();
        description = description.strip();
        if (description.isEmpty() && text.isEmpty()) {
            throw new IllegalArgumentException("set 'description', 'fullDescription' or both");
        }
        checkSize("the description has ", description, MAX_DESCRIPTION);
        checkSize("the full description has ", text, MAX_PAGE);
        if (!section.isEmpty()) {
            checkSection(section);
            // It would look like the end of a section when the page is read again.
            ANY_MARKER.matcher(text).results().findFirst().ifPresent(found -> {
                throw new IllegalArgumentException("the text contains the marker of a section, '"
                        + found.group().replaceAll("\\s+", " ") + "'");
            });
        }
    }

    private static void checkSection(String name) {
        if (name.length() > MAX_SECTION || !name.matches(SECTION)) {
            throw new IllegalArgumentException(
                    "the name of a section must be letters and digits, with single dots, hyphens or"
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

    /** A new section is added at the end of the page. */
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
                    + " characters), but Docker Hub accepts at most " + limit + " bytes");
        }
    }
}
