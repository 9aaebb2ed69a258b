package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Util;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The texts by which a secret can be found in a log. It is used on agents too, so it needs no service of the controller.
 */
final class SecretForms {

    /** Texts as short as this stand in any log by chance; to mask them would only tell which they are. */
    private static final int SHORTEST = 3;

    private static final int SHORTEST_BASE64 = 4;

    private SecretForms() {}

    /** The secret as it is, and as URLs, JSON, XML and shells write it. */
    static Set<String> texts(String secret) {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(secret);
        addUrlForms(secret, forms);
        addJsonForms(secret, forms);
        forms.add(Util.escape(secret));
        forms.add(Util.xmlEscape(secret));
        forms.add(secret.replace("'", "'\\''"));
        forms.add(secret.replace("'", "'\"'\"'"));
        forms.add(secret.replace("$", "$$"));
        forms.removeIf(form -> form.length() < SHORTEST);
        return forms;
    }

    /**
     * What base64 makes of the secret, in both alphabets: alone, with and without padding, and, for a secret inside a
     * longer text, the characters that no neighbour has a part in. There are three such forms, since three bytes make
     * four characters.
     */
    static Set<String> base64(String secret) {
        Set<String> forms = new LinkedHashSet<>();
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (Base64.Encoder encoder : new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
            forms.add(encoder.encodeToString(bytes));
            forms.add(encoder.withoutPadding().encodeToString(bytes));
            for (int before = 0; before < 3; before++) {
                byte[] shifted = new byte[before + bytes.length];
                System.arraycopy(bytes, 0, shifted, before, bytes.length);
                int first = (before * 8 + 5) / 6;
                int end = shifted.length * 8 / 6;
                forms.add(encoder.encodeToString(shifted).substring(Math.min(first, end), end));
            }
        }
        forms.removeIf(form -> form.length() < SHORTEST_BASE64);
        return forms;
    }

    private static void addUrlForms(String secret, Set<String> forms) {
        String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String strict = form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
        // JavaScript's encodeURIComponent leaves these as they are, and encodeURI leaves those as well.
        String component = strict.replace("%21", "!")
                .replace("%27", "'")
                .replace("%28", "(")
                .replace("%29", ")")
                .replace("%2A", "*");
        String uri = component;
        for (char kept : ";/?:@&=+$,#".toCharArray()) {
            uri = uri.replace(String.format("%%%02X", (int) kept), String.valueOf(kept));
        }
        for (String encoded : List.of(form, strict, component, uri, strict.replace("~", "%7E"))) {
            forms.add(encoded);
            forms.add(lowerCaseEscapes(encoded));
        }
    }

    private static String lowerCaseEscapes(String encoded) {
        StringBuilder text = new StringBuilder(encoded);
        for (int at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 3)) {
            text.replace(at, at + 3, text.substring(at, at + 3).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    /** Writers of JSON differ in what they escape beyond the necessary. */
    private static void addJsonForms(String secret, Set<String> forms) {
        String plain = json(secret, c -> false, false);
        forms.add(plain);
        forms.add(json(plain, c -> false, false));
        forms.add(plain.replace("/", "\\/"));
        for (boolean upperCase : new boolean[] {false, true}) {
            forms.add(json(secret, c -> c > 0x7e, upperCase));
            forms.add(json(secret, c -> c > 0x7e, upperCase).replace("/", "\\/"));
            forms.add(json(secret, c -> "<>&".indexOf(c) >= 0, upperCase));
            forms.add(json(secret, c -> "<>&='".indexOf(c) >= 0, upperCase));
        }
    }

    private static String json(String text, IntPredicate escaped, boolean upperCase) {
        StringBuilder json = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || escaped.test(c)) {
                json.append("\\u").append(String.format(upperCase ? "%04X" : "%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.toString();
    }
}
