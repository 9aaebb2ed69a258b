package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Passes on what a registry wants people to know (OCI distribution specification, "Warnings"), each text once. */
final class Warnings {

    private static final Pattern WARNING = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.){1,400})\"");

    /** A registry that sends a new text with each answer should not fill the log. */
    private static final int MAX_TEXTS = 20;

    private final Notices notices;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    Warnings(Notices notices) {
        this.notices = notices;
    }

    void passOn(HttpCall call, Answer answer) {
        for (String header : answer.headers("Warning")) {
            Matcher warning = WARNING.matcher(header);
            if (warning.lookingAt()) {
                String text = call.fitForLog(warning.group(1).replaceAll("\\\\(.)", "$1"));
                if (said.size() < MAX_TEXTS && said.add(text)) {
                    notices.say(call.host() + " says: " + text);
                }
            }
        }
    }
}
