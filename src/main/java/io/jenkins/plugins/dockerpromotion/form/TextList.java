package io.jenkins.plugins.dockerpromotion.form;

import hudson.Util;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** A parameter that is a list in a Jenkinsfile and one text in a form. */
public final class TextList {

    private TextList() {}

    /** The words of a text, with commas or blanks between them. */
    public static List<String> words(String text) {
        return Stream.of(Util.fixNull(text).split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The lines of a text, but for blank ones. */
    public static List<String> lines(String text) {
        return Util.fixNull(text)
                .lines()
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The text that a form shows for words. */
    public static String ofWords(Collection<String> words) {
        return String.join(", ", words);
    }

    /**
     * Makes a list of the text that a form submits for {@code field}.
     *
     * @param reader {@link #words} or {@link #lines}
     */
    public static void split(JSONObject form, String field, Function<String, List<String>> reader) {
        if (form.opt(field) instanceof String text) {
            JSONArray list = new JSONArray();
            list.addAll(reader.apply(text));
            form.put(field, list);
        }
    }
}
