package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of a form, read from its Jelly page and the pages that it includes.
 *
 * @param fields the fields that are always visible, in order
 * @param advanced the fields under "Advanced", in order
 */
record FormLayout(Set<String> fields, Set<String> advanced) {

    private static final Pattern PART =
            Pattern.compile("field=\"(\\w+)\"|include page=\"(\\w+\\.jelly)\"|(<f:advanced)|(</f:advanced)");

    static FormLayout of(Descriptor<?> form) {
        FormLayout layout = new FormLayout(new LinkedHashSet<>(), new LinkedHashSet<>());
        layout.read(form.clazz, "config.jelly", layout.fields);
        return layout;
    }

    private Set<String> read(Class<?> type, String page, Set<String> first) {
        Set<String> target = first;
        Matcher part = PART.matcher(text(type, page));
        while (part.find()) {
            if (part.group(1) != null) {
                target.add(part.group(1));
            } else if (part.group(2) != null) {
                target = read(type, part.group(2), target);
            } else {
                target = part.group(3) != null ? advanced : fields;
            }
        }
        return target;
    }

    /** Reads the page of the class or of its closest superclass, as Jenkins does. */
    private static String text(Class<?> type, String page) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            String name = '/' + each.getName().replace('.', '/').replace('$', '/') + '/' + page;
            try (InputStream in = each.getResourceAsStream(name)) {
                if (in != null) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return "";
    }

    /** Returns all fields. */
    List<String> all() {
        List<String> all = new ArrayList<>(fields);
        all.addAll(advanced);
        return all;
    }
}
