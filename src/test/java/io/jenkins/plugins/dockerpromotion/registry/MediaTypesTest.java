package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Answers;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {

    private static String announced(String contentType) {
        try (Answer answer =
                Answers.withHeader(URI.create("https://registry.test/"), "Content-Type", List.of(contentType))) {
            return MediaTypes.announced(answer);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.index.v1+json ; charset=utf-8, application/vnd.oci.image.index.v1+json",
        "application/vnd.x+json;a=b;c=d, application/vnd.x+json",
        "application/json; charset=utf-8, ''",
        "text/html, ''",
        "';', ''",
    })
    void areAnnouncedWithoutParameters(String contentType, String announced) {
        assertThat(announced(contentType)).isEqualTo(announced);
    }

    @Test
    void areReadInNoTimeHoweverManyBlanksAHeaderHas() {
        String blanks = "a/b" + " ".repeat(300_000) + "c";
        CpuTime.within(FuzzInput.LIMIT, () -> announced(blanks));
    }
}
