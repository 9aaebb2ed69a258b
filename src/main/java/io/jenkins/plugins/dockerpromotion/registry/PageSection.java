package io.jenkins.plugins.dockerpromotion.registry;

import java.io.Serializable;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The part of a page that a program looks after: what stands between two markers, which readers of the page do not see.
 * All around it stays as people wrote it.
 *
 * @param name letters and digits, maybe with single dots, hyphens or underscores between them; at most 40
 */
public record PageSection(String name) implements Serializable {

    private static final int MAX_NAME = 40;
    private static final String NAME = "[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*+";
    private static final Pattern ANY_MARKER = marker(NAME);

    /** @throws IllegalArgumentException in one line, if {@code name} cannot stand in a marker */
    public PageSection {
        if (name.length() > MAX_NAME || !name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "the name of a section is letters and digits, with single dots, hyphens or"
                            + " underscores between them, at most " + MAX_NAME);
        }
    }

    private static Pattern marker(String name) {
        return Pattern.compile("<!--\\s*" + name + "\\s+(begin|end)\\s*-->");
    }

    /**
     * Refuses what would be taken for the border of a section when the page is read again.
     *
     * @throws IllegalArgumentException in one line
     */
    static void checkContent(String content) {
        ANY_MARKER.matcher(content).results().findFirst().ifPresent(found -> {
            throw new IllegalArgumentException("the text itself holds the marker of a section, '"
                    + found.group().replaceAll("\\s+", " ") + "'");
        });
    }

    /**
     * The page with {@code content} as this section, at its end if it has no such section yet.
     *
     * @throws IllegalArgumentException in one line, if the markers are not one beginning and one end behind it
     */
    String replacedIn(String page, String content) {
        List<MatchResult> markers =
                marker(Pattern.quote(name)).matcher(page).results().toList();
        if (markers.isEmpty()) {
            return page + gapBehind(page) + begin() + "\n" + content + "\n" + end();
        }
        List<String> order = markers.stream().map(m -> m.group(1)).toList();
        if (!order.equals(List.of("begin", "end"))) {
            throw new IllegalArgumentException(
                    "the markers of the section '" + name + "' are damaged: there should be one '"
                            + begin() + "' and behind it one '" + end() + "', and there is " + String.join(", ", order)
                            + "; correct them on the page");
        }
        return page.substring(0, markers.get(0).end()) + "\n" + content + "\n"
                + page.substring(markers.get(1).start());
    }

    private static String gapBehind(String page) {
        if (page.isEmpty()) {
            return "";
        }
        return page.endsWith("\n") ? "\n" : "\n\n";
    }

    private String begin() {
        return "<!-- " + name + " begin -->";
    }

    private String end() {
        return "<!-- " + name + " end -->";
    }
}
