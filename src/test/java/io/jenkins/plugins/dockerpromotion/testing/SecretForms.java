package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * How a secret may be written somewhere. On purpose not what masks secrets in logs: that is looked over by this.
 */
final class SecretForms {

    private SecretForms() {}

    static Set<String> of(String secret) {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(secret);
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        forms.add(encoded);
        forms.add(encoded.toLowerCase(Locale.ROOT));
        forms.add(encoded.replace("+", "%20"));
        String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        forms.add(json);
        forms.add(json.replace("/", "\\/"));
        forms.add(json.replace("<", "\\u003c").replace("&", "\\u0026"));
        String xml = secret.replace("&", "&amp;").replace("<", "&lt;");
        forms.add(xml);
        forms.add(xml.replace("\"", "&quot;"));
        for (int before = 0; before < 3; before++) {
            forms.add(base64Inside(secret, before, Base64.getEncoder()));
            forms.add(base64Inside(secret, before, Base64.getUrlEncoder()));
        }
        return forms;
    }

    /** The characters of base64 that the secret alone decides, behind so many bytes of something else. */
    private static String base64Inside(String secret, int before, Base64.Encoder encoder) {
        byte[] bytes = (":".repeat(before) + secret).getBytes(StandardCharsets.UTF_8);
        String encoded = encoder.withoutPadding().encodeToString(bytes);
        int first = (before * 8 + 5) / 6;
        return encoded.substring(first, bytes.length * 8 / 6);
    }
}
