package io.jenkins.plugins.dockerpromotion.retention;

import io.jenkins.plugins.dockerpromotion.registry.reference.Tag;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tags that are never deleted, by name or by glob: {@code *} stands for any characters, {@code ?} for one. */
public final class ProtectedTags implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_.*?-]{1,128}");

    private final ArrayList<String> globs;

    /** @throws IllegalArgumentException in one line, if one of them can match no tag */
    public ProtectedTags(List<String> globs) {
        this.globs = new ArrayList<>(globs);
        globs.forEach(ProtectedTags::check);
    }

    private static void check(String glob) {
        if (glob == null || !GLOB.matcher(glob).matches()) {
            throw new IllegalArgumentException(
                    "'" + glob + "' in 'protect' is no tag and no glob of tags: besides '*' and"
                            + " '?' there can be letters, digits, '_', '.' and '-'");
        }
    }

    /** The first glob that covers {@code tag}, if one does. */
    public Optional<String> covering(Tag tag) {
        return globs.stream().filter(glob -> covers(glob, tag.value())).findFirst();
    }

    /** Goes back to the last star only, so that no glob takes long. */
    private static boolean covers(String glob, String tag) {
        int star = -1;
        int afterStar = 0;
        int g = 0;
        int t = 0;
        while (t < tag.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                afterStar = t;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == tag.charAt(t))) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++afterStar;
            } else {
                return false;
            }
        }
        return glob.substring(g).chars().allMatch(c -> c == '*');
    }
}
