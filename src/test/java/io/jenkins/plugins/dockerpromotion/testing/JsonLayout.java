package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;

/** Whitespace in JSON. A client that parses and rewrites a manifest loses it, which changes the digest. */
public enum JsonLayout {
    COMPACT("", "", ""),
    /** The layout of Docker's manifests. */
    INDENTED("\n   ", "", " "),
    /** A layout that no JSON library produces. */
    ODD("\r\n\t ", " ", "\t ");

    private final String beforeElement;
    private final String beforeColon;
    private final String afterColon;

    JsonLayout(String beforeElement, String beforeColon, String afterColon) {
        this.beforeElement = beforeElement;
        this.beforeColon = beforeColon;
        this.afterColon = afterColon;
    }

    byte[] render(Object document) {
        String compact = TestJson.text(document);
        StringBuilder out = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < compact.length(); i++) {
            char c = compact.charAt(i);
            if (quoted) {
                out.append(c);
                if (c == '\\') {
                    out.append(compact.charAt(++i));
                }
                quoted = c != '"';
            } else {
                quoted = c == '"';
                append(out, c);
            }
        }
        return (this == ODD ? out.append("\n\n") : out).toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(StringBuilder out, char c) {
        switch (c) {
            case ':' -> out.append(beforeColon).append(c).append(afterColon);
            case '{', '[', ',' -> out.append(c).append(beforeElement);
            case '}', ']' -> out.append(beforeElement).append(c);
            default -> out.append(c);
        }
    }
}
