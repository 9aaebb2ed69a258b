package io.jenkins.plugins.dockerpromotion.config;

import hudson.Util;
import java.util.Collection;
import java.util.List;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** A parameter that is a list in a Jenkinsfile and one line in a form, with commas or blanks between its words. */
public final class WordList {

    private WordList() {}

    /** The words of a line. */
    public static List<String> words(String line) {
        return List.of(Util.fixNull(line).trim().split("[,\\s]+")).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The line that a form shows. */
    public static String line(Collection<String> words) {
        return String.join(", ", words);
    }

    /** Makes a list of what a form submits for {@code field}. */
    public static void split(JSONObject form, String field) {
        if (form.opt(field) instanceof String line) {
            JSONArray list = new JSONArray();
            list.addAll(words(line));
            form.put(field, list);
        }
    }
}
