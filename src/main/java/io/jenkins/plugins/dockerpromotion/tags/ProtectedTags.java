package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tags that are never deleted, by name or by glob: {@code *} matches any characters, {@code ?} matches one. */
public final class ProtectedTags implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_.*?-]{1,128}");

    private final ArrayList<TagGlob> globs;

    /** @throws IllegalArgumentException in one line, if one of them cannot match any tag */
    public ProtectedTags(List<String> globs) {
        globs.forEach(ProtectedTags::check);
        this.globs = new ArrayList<>(globs.stream().map(TagGlob::new).toList());
    }

    private static void check(String glob) {
        if (glob == null || !GLOB.matcher(glob).matches()) {
            throw new IllegalArgumentException(
                    "'" + glob + "' in 'protect' is neither a tag nor a glob: use letters, digits, '_', '.', '-', '*'"
                            + " and '?'");
        }
    }

    /** The first glob that matches {@code tag}, if any. */
    public Optional<TagGlob> covering(Tag tag) {
        return globs.stream().filter(glob -> glob.matches(tag.value())).findFirst();
    }
}
