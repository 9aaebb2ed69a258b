package io.jenkins.plugins.dockerpromotion.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFormsTest {

    private static final String SECRET = "pä/s+s w\"o'r&d=~*(1)<\\$";

    @ParameterizedTest
    @ValueSource(
            strings = {
                SECRET,
                "p%C3%A4%2Fs%2Bs+w%22o%27r%26d%3D%7E*%281%29%3C%5C%24",
                "p%C3%A4%2Fs%2Bs%20w%22o%27r%26d%3D~%2A%281%29%3C%5C%24",
                "p%c3%a4%2fs%2bs%20w%22o%27r%26d%3d~%2a%281%29%3c%5c%24",
                "p%C3%A4%2Fs%2Bs%20w%22o'r%26d%3D~*(1)%3C%5C%24",
                "p%C3%A4/s+s%20w%22o'r&d=~*(1)%3C%5C$",
                "pä/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "pä\\/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "p\\u00e4/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "p\\u00E4\\/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "pä/s+s w\\\"o'r\\u0026d=~*(1)\\u003c\\\\$",
                "pä/s+s w\\\"o\\u0027r\\u0026d\\u003d~*(1)\\u003c\\\\$",
                "pä/s+s w\\\\\\\"o'r&d=~*(1)<\\\\\\\\$",
                "pä/s+s w\"o'r&amp;d=~*(1)&lt;\\$",
                "pä/s+s w&quot;o&#039;r&amp;d=~*(1)&lt;\\$",
                "pä/s+s w\"o'\\''r&d=~*(1)<\\$",
            })
    void knowsHowUrlsJsonXmlAndShellsWriteASecret(String form) {
        assertThat(SecretForms.texts(SECRET)).contains(form);
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "a, b", "user:, ''", "ab, xyz", "'{\"t\":\"', '\"}'", "abcd, ~~~"})
    void knowsItInAnyBase64Text(String before, String after) {
        for (Base64.Encoder encoder : new Base64.Encoder[] {
            Base64.getEncoder(), Base64.getUrlEncoder(), Base64.getEncoder().withoutPadding()
        }) {
            String text = encoder.encodeToString((before + SECRET + after).getBytes(StandardCharsets.UTF_8));
            assertThat(SecretForms.base64(SECRET))
                    .filteredOn(text::contains)
                    .as(text)
                    .anyMatch(form -> form.length() >= SECRET.length());
        }
    }

    @Test
    void noFormIsSoShortThatItStandsEverywhere() {
        assertThat(SecretForms.texts("ab")).isEmpty();
        assertThat(SecretForms.base64("ab")).containsExactly("YWI=");
        assertThat(SecretForms.base64("a")).containsExactly("YQ==");
    }
}
