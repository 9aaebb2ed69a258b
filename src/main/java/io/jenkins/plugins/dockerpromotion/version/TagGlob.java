package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;

/**
 * Matches many tags: {@code *} matches any characters, {@code ?} matches one.
 *
 * @param text such as {@code *-rc}
 */
public record TagGlob(String text) implements Serializable {

    /** Backtracks to the last star only, so the time is bounded by the product of both lengths. */
    public boolean matches(String tag) {
        int star = -1;
        int afterStar = 0;
        int g = 0;
        int t = 0;
        while (t < tag.length()) {
            if (g < text.length() && text.charAt(g) == '*') {
                star = g++;
                afterStar = t;
            } else if (g < text.length() && (text.charAt(g) == '?' || text.charAt(g) == tag.charAt(t))) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++afterStar;
            } else {
                return false;
            }
        }
        return text.substring(g).chars().allMatch(c -> c == '*');
    }

    @Override
    public String toString() {
        return text;
    }
}
